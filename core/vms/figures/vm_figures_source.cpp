// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/vm_figures_source.h"

namespace twinhull {

void VmFiguresSource::setVms(const std::map<QString, DomainSnapshot>& vms, HypervisorPlace place)
{
    std::map<WorkloadId, QString> sockets;
    std::map<QString, DiskRoles> running;
    std::set<QString> withoutOurAgent;
    for (const auto& [key, vm] : vms) {
        if (vm.info.state != WorkloadState::Running)
            continue;
        running.emplace(key, rolesIn(vm.description));
        if (!vm.description.hasAgent())
            withoutOurAgent.insert(key);
        else if (place == HypervisorPlace::Here)
            sockets.emplace(vm.info.id, vm.description.agentSocket);
    }
    m_agents.setAgents(std::move(sockets));
    m_libvirt.setRunning(running, withoutOurAgent);
}

} // namespace twinhull
