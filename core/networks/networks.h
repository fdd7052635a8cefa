// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/ipc/container_options.h"
#include "core/ipc/network_definition.h"

#include <QString>
#include <QStringList>

#include <map>
#include <string>
#include <vector>

namespace twinhull {

/// A container that runs in a network.
struct NetworkMember {
    QString name;
    QString ipv4;
    QString ipv6; ///< empty: none
};

/// A network and who is in it.
struct NetworkInfo {
    NetworkDefinition definition;
    QStringList users; ///< containers made with it, running or not, by name; those too that can be brought back
    std::vector<NetworkMember> members = {}; ///< those of them that run
};

/// What a person asks for; what is left out is chosen.
struct NetworkWish {
    QString name;
    QStringList
        subnets; ///< at most one of IPv4 and one of IPv6, as "10.1.0.0/24"; IPv4 where none is: a free 10.89.N.0/24
    QStringList gateways; ///< each in one of the subnets; the first address of it where none is given
    bool hasIpv6 = false; ///< also where no subnet of it is given: a free one of a range of our own
    bool isInternal = false;
    std::map<std::string, std::string> labels;
};

// All of it blocks: for worker threads and the command line.

/// 1 to 64 letters, digits, "_", "-" and ".", a letter or digit first; not "none", "host" and "user".
Result<> checkNetworkName(const QString& name);

/// By name. A container whose settings cannot be read is an error: nobody can tell what it uses.
Result<std::vector<NetworkInfo>> listNetworks(const DataFolders& folders);
/// NotFound where there is none.
Result<NetworkInfo> findNetwork(const DataFolders& folders, const QString& name);

/// AlreadyExists where the name is there; Busy where a subnet overlaps that of another network, which it names;
/// InvalidArgument names what makes no sense.
Result<NetworkDefinition> createNetwork(const DataFolders& folders, const NetworkWish& wish);
/// Busy while a container is made with it, running or not.
Result<> removeNetwork(const DataFolders& folders, const QString& name);

/// The definitions of those, in that order. NotFound names one that is not there, InvalidArgument an address that its
/// network cannot give.
Result<std::vector<NetworkDefinition>> definitionsOf(
    const DataFolders& folders, const std::vector<ContainerNetwork>& networks);

} // namespace twinhull
