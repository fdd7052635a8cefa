// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/vms/vm_options.h"
#include "core/workload/command_runner.h"
#include "core/workload/machine_consoles.h"
#include "core/workload/machine_copies.h"
#include "core/workload/machine_guest.h"
#include "core/workload/machine_hardware.h"
#include "core/workload/machine_making.h"
#include "core/workload/machine_migration.h"
#include "core/workload/machine_networks.h"
#include "core/workload/machine_power.h"
#include "core/workload/machine_access.h"
#include "core/workload/machine_removal.h"
#include "core/workload/machine_screens.h"
#include "core/workload/machine_snapshots.h"
#include "core/workload/machine_storage.h"
#include "core/workload/workload_bin.h"
#include "core/workload/workload_connection.h"
#include "core/workload/workload_provider.h"

#include <memory>

namespace twinhull {

class ImageStore;
class MetricSource;
struct VmServices;

/// The VMs of one libvirt connection: libvirt domains, ours and those others defined. Connects on a thread of its own
/// and again by itself when libvirtd goes away; until then the VMs stay listed as Unknown. GUI thread.
class VmProvider : public WorkloadProvider,
                   public CommandRunner,
                   public WorkloadBin,
                   public HasMachineHardware,
                   public HasMachinePower,
                   public HasMachineStorage,
                   public HasMachineAccess,
                   public HasMachineRemoval,
                   public HasMachineNetworks,
                   public HasMachineMaking,
                   public HasMachineSnapshots,
                   public HasMachineCopies,
                   public HasMachineMigration,
                   public HasConnection,
                   public HasMachineConsoles,
                   public HasMachineGuest,
                   public HasMachineScreens {
    Q_OBJECT

public:
    /// Returns at once; libvirt is opened in the background. `images` must outlive the provider.
    VmProvider(DataFolders folders, ImageStore& images, VmOptions options = {}, QObject* parent = nullptr);
    /// VMs run on. Waits at most a few seconds for calls under way; one that hangs is abandoned.
    ~VmProvider() override;

    WorkloadKind kind() const override { return WorkloadKind::Vm; }
    std::vector<WorkloadInfo> workloads() const override;
    /// Success while the first answer of libvirt is still awaited.
    Result<> availability() const override;
    std::vector<HostNotice> notices() const override;

    std::unique_ptr<Job> create(const WorkloadPlan& plan) override;
    std::unique_ptr<Job> start(const WorkloadId& id) override;
    std::unique_ptr<Job> stop(const WorkloadId& id, StopMode mode) override;
    std::unique_ptr<Job> pause(const WorkloadId& id) override;
    std::unique_ptr<Job> resume(const WorkloadId& id) override;
    std::unique_ptr<Job> remove(const WorkloadId& id) override;
    std::unique_ptr<Job> discard(const WorkloadId& id) override;
    std::unique_ptr<Job> listBin(std::shared_ptr<std::vector<BinnedWorkload>> found) override;
    std::unique_ptr<Job> restore(const WorkloadId& id) override;
    std::unique_ptr<Job> removeForGood(const WorkloadId& id) override;
    Result<DiskUse> diskUse(const WorkloadId& id) const override;
    /// Fails with Unavailable where there is no agent of ours.
    std::unique_ptr<Job> runInside(
        const WorkloadId& id, InsideCommand command, std::shared_ptr<CommandOutcome> outcome) override;
    Result<InsideRun> prepareInside(const WorkloadId& id, InsideCommand command) override;
    MachineHardware& hardware() override;
    MachinePower& power() override;
    MachineStorage& storage() override;
    MachineAccess& access() override;
    MachineRemoval& removal() override;
    MachineNetworks& networks() override;
    MachineMaking& making() override;
    MachineSnapshots& snapshots() override;
    MachineCopies& copies() override;
    MachineMigration& migration() override;
    MachineScreens& screens() override;
    MachineGuest& guest() override;
    MachineConsoles& consoles() override;

    std::optional<ConnectionStatus> connectionStatus() const override;
    /// Takes it out of use: its VMs are removed from the list (they run on), and libvirt is left. Jobs under way end as
    /// they can. Does not wait.
    void retire();

    /// True once libvirt has answered for the first time: the VMs are listed, or availability() says why not.
    bool isSettled() const;

    /// For execInGuest(); Unavailable for a VM that does not run.
    Result<QStringList> sessionSockets(const WorkloadId& id) const;

    /// What the guests and libvirt report beside the host's files. For Sampler::addSource(); stays valid without the
    /// provider.
    std::shared_ptr<MetricSource> figuresSource() const;

Q_SIGNALS:
    void settled(); ///< once

private:
    struct Private;
    std::unique_ptr<Private> m_d;
    std::unique_ptr<VmServices> m_services;
};

} // namespace twinhull
