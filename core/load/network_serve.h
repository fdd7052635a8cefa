// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/load/load.h"

namespace twinhull {

/// What network_serve answers to; one byte each, the first of a connection. Before it the server sends kServeGreeting,
/// by which a client knows that it speaks with the server and not with whoever carries its connection.
constexpr std::uint16_t kServePort = 47810; ///< where nothing else is told
constexpr char kServeGreeting = 'T';
constexpr char kServeEcho = 'E'; ///< sends back each byte, until the client ends
constexpr char kServeSend = 'S'; ///< sends bytes; a second byte N tells how many: 2^N
constexpr char kServeEnd = 'Q'; ///< ends the program
constexpr int kMostServedPower = 40;

/// Listens on the TCP port `amount` of every address until a client ends it, for `seconds` at most; one client at a
/// time. Its amount is the connections that it served. Busy when somebody has the port.
Result<LoadReport> serveNetwork(const LoadOptions& options);

} // namespace twinhull
