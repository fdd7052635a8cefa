// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_guest.h"
#include "ui/page/app_context.h"

#include <QScrollArea>
#include <QTimer>

class QBoxLayout;
class QLabel;
class QPushButton;

namespace twinhull {

class FactGrid;
class GuestWork;

/// What the inside of a machine says of itself, each with its source; and what is missing where it says nothing. Read
/// on another thread when it is opened, when the machine's state changes, and now and then while it is seen.
class GuestTab : public QScrollArea {
    Q_OBJECT

public:
    explicit GuestTab(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);

    /// Null for what has no inside to ask in this way.
    static MachineGuest* guestOf(AppContext& context, const WorkloadInfo& info);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void addStrip(QBoxLayout& column);
    void addCards(QBoxLayout& column);
    QPushButton* makeButton(const QString& text, const QString& name);
    void read();
    void fill(const GuestFacts& facts);
    void showButtons();
    void tell(const QString& sentence, bool isProblem);
    void addChannel();
    void syncTime();
    QString firstAddress() const; ///< that can be reached; empty: none

    AppContext& m_context;
    WorkloadInfo m_info;
    GuestFacts m_facts;
    std::unique_ptr<Job> m_reading;
    bool m_isStale = false; ///< what is being read became old meanwhile
    bool m_isChannelAdded = false;
    QTimer m_timer;
    QLabel* m_status = nullptr;
    QPushButton* m_channel = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_ssh = nullptr;
    QPushButton* m_clock = nullptr;
    QPushButton* m_refresh = nullptr;
    FactGrid* m_system = nullptr;
    FactGrid* m_addresses = nullptr;
    FactGrid* m_fileSystems = nullptr;
    GuestWork* m_work = nullptr;
};

} // namespace twinhull
