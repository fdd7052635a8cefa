// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/workload/workload_registry.h"

#include <QThreadPool>

#include <map>

namespace twinhull {

/// Reads what workloads take on disk, on threads of its own, and keeps the latest answers. GUI thread.
class DiskUseReader : public QObject {
    Q_OBJECT

public:
    /// The registry and its providers must outlive this.
    explicit DiskUseReader(const WorkloadRegistry& workloads, QObject* parent = nullptr);
    ~DiskUseReader() override; ///< waits for a reading under way

    void request(const WorkloadId& id); ///< ignored while one of it is under way
    Figure bytes(const WorkloadId& id) const; ///< own and shared image parts

Q_SIGNALS:
    void changed();

private:
    void finish(const WorkloadId& id, const Result<WorkloadProvider::DiskUse>& use);

    const WorkloadRegistry& m_workloads;
    QThreadPool m_pool;
    std::map<WorkloadId, std::unique_ptr<Job>> m_running;
    std::map<WorkloadId, Figure> m_known;
};

} // namespace twinhull
