// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/checkpoint_job.h"
#include "core/containers/container_provider_private.h"
#include "core/base/files.h"

namespace twinhull {

Result<> ContainerProvider::canCheckpoint() const
{
    return checkpointAvailability();
}

std::unique_ptr<Job> ContainerProvider::checkpoint(const WorkloadId& id, const CheckpointChoice& choice)
{
    auto* container = m_d->find(id);
    return std::make_unique<CheckpointJob>(
        tr("Make a checkpoint of %1").arg(container != nullptr ? container->info().name : id.key), container, choice);
}

std::unique_ptr<Job> ContainerProvider::restoreCheckpoint(const WorkloadId& id, AfterRestore after)
{
    auto* container = m_d->find(id);
    const QString title = tr("Restore %1").arg(container != nullptr ? container->info().name : id.key);
    if (container == nullptr)
        return m_d->failingJob(title, { ErrorCode::NotFound, "there is no such container", 0, {} });
    if (!m_d->availability)
        return m_d->failingJob(title, m_d->availability.error());
    if (auto available = checkpointAvailability(); !available)
        return m_d->failingJob(title, available.error());
    if (!exists(container->folder().checkpointRecordPath()))
        return m_d->failingJob(title,
            { ErrorCode::NotFound, "there is no checkpoint of it", 0,
                "Make one while it runs: twinhullctl checkpoint" });
    return m_d->starting(title, container, { MonitorTask::Restore, after == AfterRestore::Keep });
}

} // namespace twinhull
