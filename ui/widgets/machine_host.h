// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_connection.h"

namespace twinhull {

// The hosts that machines are on, by the names of their connections; an empty name is the home connection's.

/// Those in use, in the registry's order.
std::vector<ConnectionStatus> machineHosts(const WorkloadRegistry& registry);
/// The provider of that connection; null where it is gone.
WorkloadProvider* hostProvider(const WorkloadRegistry& registry, const QString& connection);
/// How it fares; nothing where it is gone, or tells nothing.
std::optional<ConnectionStatus> hostStatus(const WorkloadRegistry& registry, const QString& connection);

/// What the provider of that connection has beside workloads; null where it is gone or has none.
template <typename Interface>
Interface* onHost(const WorkloadRegistry& registry, const QString& connection)
{
    return dynamic_cast<Interface*>(hostProvider(registry, connection));
}

/// Its files are those of this computer.
bool isOnThisComputer(const ConnectionStatus& status);

QString hostLabel(const QString& connection); ///< "home", "lab"
/// Why nothing can be read of it now, as one sentence; empty: it answers.
QString silenceText(const ConnectionStatus& status);
/// "twinhullctl --connect lab"; what a command line begins with that is for that connection.
QStringList hostCommand(const QString& connection);

} // namespace twinhull
