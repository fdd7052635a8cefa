// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/restart_job.h"

#include "core/jobs/sequential_job.h"
#include "core/workload/workload_changes.h"

#include <QCoreApplication>

namespace twinhull {

std::unique_ptr<Job> restartJob(WorkloadProvider& provider, const WorkloadInfo& info, StopMode mode)
{
    auto job = std::make_unique<SequentialJob>(
        QCoreApplication::translate("twinhull::RestartJob", "Restart %1").arg(info.name));
    const auto needed = mode == StopMode::Force ? Capability::ForceOff : Capability::Stop;
    if (info.capabilities.testFlag(needed))
        job->add([&provider, id = info.id, mode] { return provider.stop(id, mode); });
    job->add([&provider, id = info.id] { return provider.start(id); });
    job->add([&provider, id = info.id]() -> std::unique_ptr<Job> {
        auto* changes = dynamic_cast<WorkloadChanges*>(&provider);
        return changes != nullptr ? changes->noteRestart(id) : nullptr;
    });
    return job;
}

std::unique_ptr<Job> installAgainJob(WorkloadProvider& provider, MachinePower& power, const WorkloadInfo& info)
{
    auto job = std::make_unique<SequentialJob>(
        QCoreApplication::translate("twinhull::RestartJob", "Install %1 again").arg(info.name));
    job->add([&power, id = info.id] { return power.renewInstaller(id); });
    job->add([&provider, id = info.id] { return provider.start(id); });
    return job;
}

} // namespace twinhull
