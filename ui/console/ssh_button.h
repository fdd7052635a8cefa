// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/guest_ssh.h"
#include "ui/page/app_context.h"

#include <QPushButton>
#include <QTimer>

#include <memory>
#include <optional>

namespace twinhull {

/// Leads to the inside of a machine by ssh: asks who logs in, which it keeps by machine. While it is seen it asks for
/// the address; without one it is disabled and says why. Hidden for what cannot be asked.
class SshButton : public QPushButton {
    Q_OBJECT

public:
    explicit SshButton(AppContext& context, QWidget* parent = nullptr);
    ~SshButton() override;

    /// `refusal`: why no more terminals can be opened; empty where they can.
    void present(const WorkloadInfo& info, const QString& refusal);

Q_SIGNALS:
    void chosen(const twinhull::WorkloadInfo& machine, const QString& user, const QStringList& words);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void read();
    void presentPlace();
    Result<SshPlace> place() const;
    void ask();

    AppContext& m_context;
    WorkloadInfo m_info;
    QString m_refusal;
    std::optional<GuestFacts> m_facts; ///< of this machine; absent: not told yet
    QString m_problem; ///< why it was not told
    std::unique_ptr<Job> m_reading;
    QTimer m_timer;
};

} // namespace twinhull
