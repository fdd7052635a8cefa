// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/machine_host.h"

#include <QCoreApplication>
#include <QUrl>

namespace twinhull {

namespace {

QString hostTr(const char* text)
{
    return QCoreApplication::translate("MachineHost", text);
}

std::optional<ConnectionStatus> statusOfHost(const WorkloadProvider* provider)
{
    const auto* connection = dynamic_cast<const HasConnection*>(provider);
    return connection != nullptr ? connection->connectionStatus() : std::nullopt;
}

} // namespace

std::vector<ConnectionStatus> machineHosts(const WorkloadRegistry& registry)
{
    std::vector<ConnectionStatus> hosts;
    for (const WorkloadProvider* provider : registry.providers()) {
        if (auto status = statusOfHost(provider))
            hosts.push_back(*std::move(status));
    }
    return hosts;
}

WorkloadProvider* hostProvider(const WorkloadRegistry& registry, const QString& connection)
{
    for (WorkloadProvider* provider : registry.providers()) {
        const auto status = statusOfHost(provider);
        if (provider->kind() == WorkloadKind::Vm && status && status->name == connection)
            return provider;
    }
    return connection.isEmpty() ? registry.provider(WorkloadKind::Vm) : nullptr;
}

std::optional<ConnectionStatus> hostStatus(const WorkloadRegistry& registry, const QString& connection)
{
    return statusOfHost(hostProvider(registry, connection));
}

bool isOnThisComputer(const ConnectionStatus& status)
{
    return QUrl(status.uri).host().isEmpty();
}

QString hostLabel(const QString& connection)
{
    return connection.isEmpty() ? hostTr("home") : connection;
}

QString silenceText(const ConnectionStatus& status)
{
    using State = ConnectionStatus::State;
    const QString who = status.name.isEmpty() ? QStringLiteral("libvirt") : status.name;
    if (status.state == State::Connected)
        return {};
    if (status.state == State::Connecting)
        return hostTr("Connecting to %1…").arg(who);
    const QString seen = status.lastSeen.isValid() ? hostTr("it did last at %1").arg(lastSeenText(status.lastSeen))
                                                   : hostTr("it has not answered before");
    return hostTr("%1 does not answer; %2. It is tried again by itself.").arg(who, seen);
}

QStringList hostCommand(const QString& connection)
{
    QStringList words{ QStringLiteral("twinhullctl") };
    if (!connection.isEmpty())
        words << QStringLiteral("--connect") << connection;
    return words;
}

} // namespace twinhull
