// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"

namespace twinhull {

/// Which workloads are on the plots: what the person chose, and until then the first twin, or else a container and a
/// VM that run. Containers stand before VMs. GUI thread.
class CompareChoice : public QObject {
    Q_OBJECT

public:
    explicit CompareChoice(const WorkloadRegistry& workloads, QObject* parent = nullptr);

    std::vector<WorkloadInfo> workloads() const; ///< as they are now
    const std::vector<WorkloadId>& ids() const { return m_ids; }
    void add(const WorkloadId& id);
    void remove(const WorkloadId& id);

Q_SIGNALS:
    void changed(); ///< another choice, or another state of a chosen one

private:
    void onWorkloadsChanged();
    void chooseByItself();
    void setIds(std::vector<WorkloadId> ids);

    const WorkloadRegistry& m_registry;
    std::vector<WorkloadId> m_ids;
    bool m_isChosenByPerson = false;
};

} // namespace twinhull
