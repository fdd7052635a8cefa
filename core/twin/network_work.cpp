// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/network_work.h"

#include "core/base/clock.h"
#include "core/load/network_serve.h"
#include "core/twin/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace twinhull {

namespace {

constexpr auto kServerPatience = std::chrono::seconds(30);
constexpr unsigned kSentPower = 27; ///< 128 MiB
constexpr int kRoundTrips = 2000;
constexpr int kConnections = 200;
constexpr double kMebibyteBytes = 1 << 20;

/// A connection that the server itself has taken.
Result<LoopbackClient> greet(std::uint16_t port, const ClientPatience& patience)
{
    auto client = LoopbackClient::connectTo(port, patience);
    if (!client)
        return client;
    char greeting = 0;
    if (auto heard = client->receiveAll({ &greeting, 1 }); !heard)
        return std::move(heard).error();
    if (greeting != kServeGreeting)
        return Error{ ErrorCode::Corrupt, "somebody else answers on the port of our server", 0, {} };
    return client;
}

std::chrono::nanoseconds since(std::int64_t moment)
{
    return std::chrono::nanoseconds(monotonicNanoseconds() - moment);
}

Result<NetworkFigures> receiveMany(std::uint16_t port, const ClientPatience& patience)
{
    const auto client = greet(port, patience);
    if (!client)
        return client.error();
    std::vector<char> block(std::size_t(256) << 10U);
    const std::array<char, 2> order{ kServeSend, char(kSentPower) };
    const std::int64_t began = monotonicNanoseconds();
    if (auto sent = client->send({ order.data(), order.size() }); !sent)
        return std::move(sent).error();
    for (std::uint64_t left = std::uint64_t(1) << kSentPower; left > 0;) {
        const auto count = client->receive({ block.data(), std::size_t(std::min<std::uint64_t>(left, block.size())) });
        if (!count)
            return count.error();
        if (*count == 0)
            return Error{ ErrorCode::Io, "the server inside ended the connection too early", 0, {} };
        left -= *count;
    }
    const auto took = since(began);
    return NetworkFigures{ double(std::uint64_t(1) << kSentPower) / kMebibyteBytes / (double(took.count()) / 1e9),
        took };
}

Result<NetworkFigures> goThereAndBack(std::uint16_t port, const ClientPatience& patience)
{
    const auto client = greet(port, patience);
    if (!client)
        return client.error();
    if (auto sent = client->send({ &kServeEcho, 1 }); !sent)
        return std::move(sent).error();
    std::vector<double> microseconds;
    const std::int64_t began = monotonicNanoseconds();
    for (int trip = 0; trip < kRoundTrips; ++trip) {
        char byte = 'p';
        const std::int64_t left = monotonicNanoseconds();
        auto gone = client->send({ &byte, 1 });
        if (gone)
            gone = client->receiveAll({ &byte, 1 });
        if (!gone)
            return std::move(gone).error();
        microseconds.push_back(double(since(left).count()) / 1e3);
    }
    const auto took = since(began);
    return NetworkFigures{ medianOf(microseconds), took, turnTimesOf(std::move(microseconds)) };
}

Result<NetworkFigures> connectOften(std::uint16_t port, const ClientPatience& patience)
{
    const std::int64_t began = monotonicNanoseconds();
    for (int connection = 0; connection < kConnections; ++connection) {
        if (const auto client = greet(port, patience); !client)
            return client.error();
    }
    const auto took = since(began);
    return NetworkFigures{ kConnections / (double(took.count()) / 1e9), took };
}

constexpr std::array kWorks{
    NetworkWork{ "network-throughput", "128 MiB sent from inside to this computer over one TCP connection", "MiB/s",
        true, "", &receiveMany },
    NetworkWork{ "network-latency", "2,000 turns of one byte sent inside and back over TCP, the median of them",
        "µs a round trip", false, "µs a round trip", &goThereAndBack },
    NetworkWork{ "network-connect", "200 TCP connections made one after the other, each greeted from inside",
        "connections/s", true, "", &connectOften },
};

/// Until it greets; a network helper may take connections before anybody listens inside, and drop them.
Result<> waitForServer(std::uint16_t port, const ClientPatience& patience)
{
    const std::int64_t began = monotonicNanoseconds();
    while (true) {
        const auto client = greet(port, patience);
        if (client)
            return {};
        if (patience.isWorn())
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        if (since(began) > kServerPatience)
            return Error{ ErrorCode::Timeout, "our server inside did not answer: " + client.error().message, 0,
                "See whether the image's own program changes its network." };
        ClientPatience::pause();
    }
}

} // namespace

std::optional<TurnTimes> turnTimesOf(std::vector<double> turns)
{
    if (turns.empty())
        return std::nullopt;
    std::sort(turns.begin(), turns.end());
    const auto at = [&turns](double part) {
        const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(turns.size())));
        return turns[std::max<std::size_t>(rank, 1) - 1];
    };
    return TurnTimes{ at(0.95), at(0.99) };
}

std::span<const NetworkWork> networkWorks()
{
    return kWorks;
}

const NetworkWork* networkWorkNamed(const QString& name)
{
    for (const NetworkWork& work : kWorks) {
        if (name == QLatin1String(work.name))
            return &work;
    }
    return nullptr;
}

Result<NetworkFigures> measureNetwork(const NetworkWork& work, std::uint16_t port, const ClientPatience& patience)
{
    if (auto there = waitForServer(port, patience); !there)
        return std::move(there).error();
    auto figures = work.run(port, patience);
    if (const auto last = greet(port, patience))
        (void)last->send({ &kServeEnd, 1 }); // without it the server ends with the workload
    return figures;
}

} // namespace twinhull
