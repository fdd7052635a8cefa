// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/listened_ports.h"

#include "core/base/socket_address.h"
#include "core/base/unique_fd.h"

#include <algorithm>

namespace twinhull {

bool hasIpv6Loopback()
{
    const UniqueFd socket(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto address = IpAddress::parse(kLoopbackIpv6);
    if (!socket || !address)
        return false;
    const SocketAddress any = socketAddressOf(*address, 0);
    return ::bind(socket.fd(), any.raw(), any.size) == 0;
}

std::vector<std::string> listenedAddresses(const std::string& hostAddress)
{
    if (hostAddress != kLocalhost)
        return { hostAddress };
    std::vector<std::string> addresses{ kLoopbackIpv4 };
    if (hasIpv6Loopback())
        addresses.emplace_back(kLoopbackIpv6);
    return addresses;
}

std::vector<PortForward> listenedPorts(const std::vector<PortForward>& ports)
{
    std::vector<PortForward> all;
    for (const auto& port : ports) {
        for (auto& address : listenedAddresses(port.hostAddress)) {
            all.push_back(port);
            all.back().hostAddress = std::move(address);
        }
    }
    return all;
}

std::vector<PortForward> portsWithLocalhostAt(const char* address, std::vector<PortForward> ports)
{
    for (auto& port : ports) {
        if (port.hostAddress == kLocalhost)
            port.hostAddress = address;
    }
    return ports;
}

bool shareAnAddress(const std::string& hostAddress, const std::string& other)
{
    const auto isOneOf
        = [](const std::string& address) { return address == kLoopbackIpv4 || address == kLoopbackIpv6; };
    return hostAddress == other || (hostAddress == kLocalhost && isOneOf(other))
        || (other == kLocalhost && isOneOf(hostAddress));
}

} // namespace twinhull
