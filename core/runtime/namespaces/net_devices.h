// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_record.h"
#include "core/runtime/namespaces/namespace_plan.h"
#include "core/runtime/namespaces/route_socket.h"

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace twinhull::runtime {

/// By name in hull's network: the name in the container's (config-linux.md of runtime-spec 1.3, "Network Devices").
using NetDevices = std::map<std::string, std::string>;

/// Before anything is made: whether each device is there and may be given away, and the container's network is not
/// hull's own.
Result<> checkNetDevices(const NetDevices& devices, const NamespacePlan& namespaces);

/// Devices of hull's network that are a container's now. Its sockets hold both networks, so that they can be taken back
/// when the container's process has ended.
class GivenNetDevices {
public:
    /// All or none, each with its permanent addresses, and up. `pid` is in the container's network.
    Result<> give(Syscalls& calls, const NetDevices& devices, pid_t pid);

    /// For those that an earlier hull gave to the process `pid`.
    Result<> resume(Syscalls& calls, const std::vector<oci::GivenDevice>& devices, pid_t pid);

    /// Brings all back under their old names, with the addresses that they have now; up where they were. Routes are
    /// not brought back. The first error of any; the others are brought back all the same.
    Result<> takeBack();

    const std::vector<oci::GivenDevice>& devices() const { return m_devices; }

private:
    Result<> openNetworks(Syscalls& calls, pid_t pid);
    Result<> giveOne(const std::string& name, const std::string& newName);
    Result<> takeBackOne(const oci::GivenDevice& device) const;

    std::optional<RouteSocket> m_host;
    std::optional<RouteSocket> m_inside;
    UniqueFd m_hostNetwork;
    UniqueFd m_insideNetwork;
    std::vector<oci::GivenDevice> m_devices;
};

} // namespace twinhull::runtime
