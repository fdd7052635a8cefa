// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_screens.h"

#include <optional>

namespace twinhull {

/// The screens of the domains of one connection. Its jobs call libvirt on the pool's threads.
class VmScreens : public MachineScreens {
public:
    /// `calls` must outlive the jobs.
    VmScreens(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> readScreens(
        const WorkloadInfo& machine, std::shared_ptr<std::vector<MachineScreen>> into) override;
    std::unique_ptr<Job> openScreen(
        const WorkloadInfo& machine, int index, std::shared_ptr<OpenedScreen> into) override;
    std::unique_ptr<Job> openInViewer(const WorkloadInfo& machine, int index) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
