// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/isolation_reading.h"

#include <map>

namespace twinhull {

/// Reads how workloads are kept apart, once for each start of theirs, and keeps the answers. GUI thread.
class IsolationWatch : public QObject {
    Q_OBJECT

public:
    /// The registry and its providers must outlive this.
    explicit IsolationWatch(const WorkloadRegistry& workloads, QObject* parent = nullptr);

    /// Reads it, unless that was done, or is being done, since its start.
    void request(const WorkloadInfo& info);
    const std::map<WorkloadId, IsolationViews>& known() const { return m_known; }

Q_SIGNALS:
    void changed();

private:
    struct Reading {
        std::vector<pid_t> pids; ///< of the start that it belongs to
        std::unique_ptr<IsolationReading> job; ///< null once it has ended
    };

    void finish(const WorkloadId& id);

    const WorkloadRegistry& m_workloads;
    std::map<WorkloadId, IsolationViews> m_known;
    std::map<WorkloadId, Reading> m_readings;
};

} // namespace twinhull
