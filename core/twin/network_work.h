// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/load/network_serve.h"
#include "core/twin/loopback_client.h"

#include <QString>

#include <optional>
#include <vector>

namespace twinhull {

/// The port inside that our server takes while it is measured, published on one of 127.0.0.1.
constexpr std::uint16_t kNetworkWorkPort = kServePort;

/// Percentiles of what single turns took, by the nearest rank, in the unit of the work.
struct TurnTimes {
    double p95 = 0;
    double p99 = 0;
};
/// Nothing of no turns.
std::optional<TurnTimes> turnTimesOf(std::vector<double> turns);

/// What a network work measured, by the host's clock.
struct NetworkFigures {
    double value = 0; ///< in NetworkWork::unit
    std::chrono::nanoseconds duration{}; ///< of the whole, without the wait for the server
    std::optional<TurnTimes> turns = {}; ///< where the work is made of turns
};

/// A measurement between this computer and a server inside, through the published port and so over the network that
/// the workload really has.
struct NetworkWork {
    const char* name;
    const char* meaning;
    const char* unit;
    bool isRate; ///< more is better
    const char* turnUnit; ///< as WorkScale::turnUnit
    Result<NetworkFigures> (*run)(std::uint16_t port, const ClientPatience& patience);
};

/// network-throughput, network-latency, network-connect.
std::span<const NetworkWork> networkWorks();
/// Null when there is none of that name.
const NetworkWork* networkWorkNamed(const QString& name);

/// Waits for the server of core/load/network_serve.h behind that port of 127.0.0.1, measures, and ends the server.
/// Timeout when it does not come up in half a minute. Blocks for seconds: worker threads.
Result<NetworkFigures> measureNetwork(const NetworkWork& work, std::uint16_t port, const ClientPatience& patience);

} // namespace twinhull
