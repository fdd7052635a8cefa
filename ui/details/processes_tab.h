// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/inside_processes.h"
#include "ui/page/app_context.h"

#include <QTableWidget>
#include <QTimer>

#include <map>

namespace twinhull {

/// The processes of a workload as this computer sees them: those inside a container, QEMU of a VM. Read every two
/// seconds while it is seen, on another thread; one can be ended.
class ProcessesTab : public QTableWidget {
    Q_OBJECT

public:
    explicit ProcessesTab(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    struct Seen {
        std::uint64_t cpuNanoseconds = 0;
        std::int64_t monotonicNanoseconds = 0;
    };

    void addSignal(const QString& text, int signalNumber);
    void readSoon();
    void fill(const std::vector<InsideProcess>& processes);
    QString cpuOf(const InsideProcess& process, std::int64_t now);
    void setCell(int row, int column, const QString& text);
    void signalChosen(int signalNumber);

    AppContext& m_context;
    WorkloadInfo m_info;
    QTimer m_timer;
    std::vector<InsideProcess> m_shown; ///< by row
    std::map<pid_t, Seen> m_seen;
    bool m_isReading = false;
};

} // namespace twinhull
