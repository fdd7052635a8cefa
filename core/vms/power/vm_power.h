// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_power.h"

namespace twinhull {

/// The switches of the domains of one connection. Its jobs call libvirt on the pool's threads.
class VmPower : public MachinePower {
public:
    /// `calls` must outlive the jobs.
    VmPower(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> reboot(const WorkloadId& id) override;
    std::unique_ptr<Job> reset(const WorkloadId& id) override;
    std::unique_ptr<Job> save(const WorkloadId& id) override;
    std::unique_ptr<Job> saveTo(const WorkloadId& id, const QString& path) override;
    std::unique_ptr<Job> restoreFrom(const WorkloadId& id, const QString& path, SavedDisks disks) override;
    std::unique_ptr<Job> discardSaved(const WorkloadId& id) override;
    std::unique_ptr<Job> readAutostart(const WorkloadId& id, std::shared_ptr<bool> into) override;
    std::unique_ptr<Job> setAutostart(const WorkloadId& id, bool isOn) override;
    std::unique_ptr<Job> sendKeys(const WorkloadId& id, const QStringList& keys) override;
    QStringList keyNames() const override;
    bool hasInstaller(const WorkloadId& id) const override;
    std::unique_ptr<Job> renewInstaller(const WorkloadId& id) override;

private:
    /// `call` gets the domain and answers as libvirt does: below 0 it failed.
    std::unique_ptr<Job> jobOn(const WorkloadId& id, const QString& title, std::function<int(virDomainPtr)> call);

    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
