// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_migration.h"

namespace twinhull {

/// Moves the domains of one connection to another, by this program's own connections to both, so that neither host
/// needs to know how to log in at the other. Its jobs call libvirt on the pool's threads.
class VmMigration : public MachineMigration {
public:
    /// `calls` must outlive the jobs.
    VmMigration(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> findObstacles(const WorkloadInfo& machine, MachineMigration& destination,
        const MigrationRequest& request, std::shared_ptr<std::vector<MigrationObstacle>> into) override;
    std::unique_ptr<Job> migrate(const WorkloadInfo& machine, MachineMigration& destination,
        const MigrationRequest& request, std::shared_ptr<MigrationOutcome> outcome) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
