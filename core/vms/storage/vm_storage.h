// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_storage.h"

namespace twinhull {

/// The storage pools of one connection. Its jobs call libvirt on the pool's threads.
class VmStorage : public MachineStorage {
public:
    /// `calls` must outlive the jobs.
    VmStorage(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> readPools(const QStringList& names, std::shared_ptr<std::vector<MachinePool>> into) override;
    std::unique_ptr<Job> readPoolKinds(std::shared_ptr<std::vector<PoolKind>> into) override;
    std::unique_ptr<Job> createPool(const PoolWish& wish) override;
    std::unique_ptr<Job> changePool(const QString& name, PoolChange change) override;
    std::unique_ptr<Job> readDefinition(const QString& name, std::shared_ptr<NamedDefinition> into) override;
    std::unique_ptr<Job> define(
        const QString& name, const NewDefinition& definition, std::shared_ptr<DefinitionOutcome> into) override;

    std::unique_ptr<Job> createVolume(const VolumeWish& wish) override;
    std::unique_ptr<Job> resizeVolume(const VolumeName& volume, std::uint64_t bytes, ShrinkRule rule) override;
    std::unique_ptr<Job> cloneVolume(const VolumeName& from, const VolumeName& to, const QString& format) override;
    std::unique_ptr<Job> uploadVolume(const VolumeName& to, const QString& path) override;
    std::unique_ptr<Job> downloadVolume(const VolumeName& volume, const QString& path) override;
    std::unique_ptr<Job> wipeVolume(const VolumeName& volume) override;
    std::unique_ptr<Job> deleteVolume(const VolumeName& volume, VolumeUse use) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
