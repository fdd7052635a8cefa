// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace twinhull {

/// Whether a table of TCP sockets, as /proc/net/tcp and tcp6 have it (proc(5)), has one that listens on that port.
bool hasListener(std::string_view table, std::uint16_t port);

/// Comes back once a program listens on that TCP port, at whatever address, in the network of this process. It does not
/// connect: a server for one client alone is left to its client. Timeout where nobody does for that long.
Result<> awaitListener(std::uint16_t port, std::chrono::milliseconds patience);

} // namespace twinhull
