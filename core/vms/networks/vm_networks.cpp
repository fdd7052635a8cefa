// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/networks/vm_networks.h"

#include "core/vms/link/connected_job.h"
#include "core/vms/networks/card_network.h"
#include "core/vms/networks/network_changes.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString networkTitle(const char* text, const QString& name)
{
    return QCoreApplication::translate("VmNetworks", text).arg(name);
}

const char* titleOf(NetworkChange change)
{
    switch (change) {
    case NetworkChange::Start:
        return QT_TRANSLATE_NOOP("VmNetworks", "Start network %1");
    case NetworkChange::Stop:
        return QT_TRANSLATE_NOOP("VmNetworks", "Stop network %1");
    case NetworkChange::Remove:
        return QT_TRANSLATE_NOOP("VmNetworks", "Remove network %1");
    case NetworkChange::Autostart:
        return QT_TRANSLATE_NOOP("VmNetworks", "Let network %1 start by itself");
    default:
        return QT_TRANSLATE_NOOP("VmNetworks", "Let network %1 no longer start by itself");
    }
}

} // namespace

std::unique_ptr<Job> VmNetworks::readNetworks(
    const QStringList& names, std::shared_ptr<std::vector<MachineNetwork>> into)
{
    return connectedJob(QCoreApplication::translate("VmNetworks", "Read the virtual networks"), m_calls, m_tools,
        [names, into = std::move(into)](virConnectPtr connection, const VmToolbox&, JobContext&) -> Result<> {
            auto networks = readNetworksOf(connection, names);
            if (!networks)
                return std::move(networks).error();
            *into = std::move(*networks);
            return {};
        });
}

std::unique_ptr<Job> VmNetworks::readBridges(std::shared_ptr<QStringList> into)
{
    return connectedJob(QCoreApplication::translate("VmNetworks", "Read the bridges"), m_calls, m_tools,
        [into = std::move(into)](virConnectPtr connection, const VmToolbox&, JobContext&) -> Result<> {
            *into = hostBridges(connection);
            return {};
        });
}

std::unique_ptr<Job> VmNetworks::createNetwork(const MachineNetworkWish& wish)
{
    return connectedJob(networkTitle(QT_TRANSLATE_NOOP("VmNetworks", "Make network %1"), wish.name), m_calls, m_tools,
        [wish](virConnectPtr connection, const VmToolbox& tools, JobContext&) {
            return createNetworkOf(connection, tools, wish);
        });
}

std::unique_ptr<Job> VmNetworks::changeNetwork(const QString& name, NetworkChange change)
{
    return connectedJob(networkTitle(titleOf(change), name), m_calls, m_tools,
        [name, change](virConnectPtr connection, const VmToolbox& tools, JobContext&) {
            return changeNetworkOf(connection, tools, name, change);
        });
}

std::unique_ptr<Job> VmNetworks::readDefinition(const QString& name, std::shared_ptr<NamedDefinition> into)
{
    return connectedJob(networkTitle(QT_TRANSLATE_NOOP("VmNetworks", "Read the definition of network %1"), name),
        m_calls, m_tools,
        [name, into = std::move(into)](virConnectPtr connection, const VmToolbox&, JobContext&) -> Result<> {
            auto read = readNetworkDefinition(connection, name);
            if (!read)
                return std::move(read).error();
            *into = *std::move(read);
            return {};
        });
}

std::unique_ptr<Job> VmNetworks::define(
    const QString& name, const NewDefinition& definition, std::shared_ptr<DefinitionOutcome> into)
{
    return connectedJob(networkTitle(QT_TRANSLATE_NOOP("VmNetworks", "Define network %1"), name), m_calls, m_tools,
        [name, definition, into = std::move(into)](
            virConnectPtr connection, const VmToolbox&, JobContext&) -> Result<> {
            auto outcome = replaceNetworkDefinition(connection, name, definition);
            if (!outcome)
                return std::move(outcome).error();
            *into = *std::move(outcome);
            return {};
        });
}

std::unique_ptr<Job> VmNetworks::reserve(const QString& name, const NetworkReservation& reservation)
{
    return connectedJob(networkTitle(QT_TRANSLATE_NOOP("VmNetworks", "Keep an address in network %1"), name), m_calls,
        m_tools, [name, reservation](virConnectPtr connection, const VmToolbox&, JobContext&) {
            return reserveIn(connection, name, reservation);
        });
}

std::unique_ptr<Job> VmNetworks::release(const QString& name, const QString& mac)
{
    return connectedJob(networkTitle(QT_TRANSLATE_NOOP("VmNetworks", "Let go of an address in network %1"), name),
        m_calls, m_tools, [name, mac](virConnectPtr connection, const VmToolbox&, JobContext&) {
            return releaseIn(connection, name, mac);
        });
}

} // namespace twinhull
