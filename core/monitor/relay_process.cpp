// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/relay_process.h"

#include "core/base/descriptor_passing.h"
#include "core/base/text.h"
#include "core/ipc/listened_ports.h"
#include "core/ipc/relay_words.h"
#include "core/monitor/port_relay.h"

#include <sys/epoll.h>

#include <array>
#include <string>

namespace twinhull {

namespace {

struct RelayWork {
    UniqueFd life; ///< readable when it is over
    std::vector<std::pair<UniqueFd, std::uint16_t>> ports;
};

Error badRelayMessage(const char* problem)
{
    return Error{ ErrorCode::InvalidArgument, problem, 0, {} };
}

Result<RelayWork> receiveWork(const UniqueFd& given)
{
    RelayWork work;
    while (work.ports.size() <= kMostRelayedPorts) {
        std::array<char, 16> text{};
        auto came = receiveWithDescriptor(given, text.data(), text.size());
        if (!came)
            return std::move(came).error();
        if (came->count == 0)
            return work.life ? Result<RelayWork>(std::move(work)) : badRelayMessage("no process to live for was given");
        if (!came->descriptor)
            return badRelayMessage("a message came without a descriptor");
        const std::string_view word(text.data(), came->count);
        if (word == kRelayLife) {
            work.life = std::move(came->descriptor);
            continue;
        }
        const auto target = parsePort(word);
        if (!target)
            return target.error();
        work.ports.emplace_back(std::move(came->descriptor), *target);
    }
    return badRelayMessage("more ports than can be relayed");
}

} // namespace

Result<> runPortRelay(UniqueFd given, const std::function<void()>& onReady)
{
    auto work = receiveWork(given);
    given.reset();
    if (!work)
        return std::move(work).error();
    auto loop = EventLoop::create();
    const auto loopback = IpAddress::parse(kLoopbackIpv4);
    if (!loop || !loopback)
        return loop ? badRelayMessage("no loopback address") : std::move(loop).error();
    allowManyConnections();
    std::vector<std::unique_ptr<PortRelay>> relays;
    for (auto& [socket, target] : work->ports) {
        auto relay = PortRelay::start(*loop, std::move(socket), { socketAddressOf(*loopback, target) });
        if (!relay)
            return std::move(relay).error();
        relays.push_back(*std::move(relay));
    }
    auto watched = loop->watch(work->life.fd(), EPOLLIN, [&loop](std::uint32_t) { loop->stop(); });
    if (!watched)
        return watched;
    onReady();
    return loop->run();
}

} // namespace twinhull
