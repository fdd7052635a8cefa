// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/isolation_reading.h"

#include <QElapsedTimer>

#include <map>

namespace twinhull {

/// Reads how workloads are kept apart, once for each start of theirs, and keeps the answers; what could not be read is
/// asked for again, ever more rarely. GUI thread.
class IsolationWatch : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds kFirstWait{ 5000 };
    static constexpr std::chrono::milliseconds kLongestWait{ 300000 };

    /// The registry and its providers must outlive this. `firstWait` is the pause before what failed is asked again;
    /// it doubles up to kLongestWait.
    explicit IsolationWatch(
        const WorkloadRegistry& workloads, QObject* parent = nullptr, std::chrono::milliseconds firstWait = kFirstWait);

    /// Reads it, unless that was done, or is being done, since its start. Cheap: may be called with every tick.
    void request(const WorkloadInfo& info);
    const std::map<WorkloadId, IsolationViews>& known() const { return m_known; }

Q_SIGNALS:
    void changed();

private:
    struct Reading {
        std::vector<pid_t> pids; ///< of the start that it belongs to
        std::unique_ptr<IsolationReading> job; ///< null once it has ended
        std::chrono::milliseconds wait{}; ///< before it is asked again; 0: it was answered
        QElapsedTimer sinceEnd;
    };

    void start(const WorkloadInfo& info, Reading& reading);
    void finish(const WorkloadId& id);

    const WorkloadRegistry& m_workloads;
    std::chrono::milliseconds m_firstWait;
    std::map<WorkloadId, IsolationViews> m_known;
    std::map<WorkloadId, Reading> m_readings;
};

} // namespace twinhull
