// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_hardware.h"

namespace twinhull {

/// The hardware of the domains of one connection. Its jobs call libvirt on the pool's threads.
class VmHardware : public MachineHardware {
public:
    /// `calls` must outlive the jobs.
    VmHardware(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> read(const WorkloadInfo& machine, std::shared_ptr<HardwareDescription> into) override;
    std::unique_ptr<Job> edit(
        const WorkloadInfo& machine, const HardwareEdit& edit, std::shared_ptr<HardwareOutcome> into) override;
    std::unique_ptr<Job> define(
        const QByteArray& xml, const QByteArray& before, std::shared_ptr<HardwareOutcome> into) override;
    std::unique_ptr<Job> takeBack(const WorkloadInfo& machine, std::shared_ptr<HardwareOutcome> into) override;
    std::vector<HardwareDevice> addable() const override;
    std::unique_ptr<Job> readHostDevices(std::shared_ptr<std::vector<HostDevice>> into) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
