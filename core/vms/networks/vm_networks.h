// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_networks.h"

namespace twinhull {

/// The virtual networks of one connection. Its jobs call libvirt on the pool's threads.
class VmNetworks : public MachineNetworks {
public:
    /// `calls` must outlive the jobs.
    VmNetworks(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> readNetworks(
        const QStringList& names, std::shared_ptr<std::vector<MachineNetwork>> into) override;
    std::unique_ptr<Job> readBridges(std::shared_ptr<QStringList> into) override;
    std::unique_ptr<Job> createNetwork(const MachineNetworkWish& wish) override;
    std::unique_ptr<Job> changeNetwork(const QString& name, NetworkChange change) override;
    std::unique_ptr<Job> readDefinition(const QString& name, std::shared_ptr<NamedDefinition> into) override;
    std::unique_ptr<Job> define(
        const QString& name, const NewDefinition& definition, std::shared_ptr<DefinitionOutcome> into) override;
    std::unique_ptr<Job> reserve(const QString& name, const NetworkReservation& reservation) override;
    std::unique_ptr<Job> release(const QString& name, const QString& mac) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
