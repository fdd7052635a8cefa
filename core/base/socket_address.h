// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ip_subnet.h"

#include <sys/socket.h>

namespace twinhull {

/// What bind(2) and connect(2) take.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
    const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
    int family() const { return storage.ss_family; }
    std::uint16_t port() const;
};

SocketAddress socketAddressOf(const IpAddress& address, std::uint16_t port);

} // namespace twinhull
