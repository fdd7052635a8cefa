// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/socket_address.h"

#include <netinet/in.h>

#include <cstring>

namespace twinhull {

std::uint16_t SocketAddress::port() const
{
    if (storage.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &storage, sizeof v6);
        return ntohs(v6.sin6_port);
    }
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    return ntohs(v4.sin_port);
}

SocketAddress socketAddressOf(const IpAddress& address, std::uint16_t port)
{
    SocketAddress made;
    if (address.family == IpFamily::V4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes.data(), sizeof v4.sin_addr);
        std::memcpy(&made.storage, &v4, sizeof v4);
        made.size = sizeof v4;
        return made;
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&made.storage, &v6, sizeof v6);
    made.size = sizeof v6;
    return made;
}

} // namespace twinhull
