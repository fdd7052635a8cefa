// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/monitor.h"

#include "core/base/files.h"
#include "core/base/log.h"
#include "core/ipc/container_settings.h"
#include "core/ipc/listened_ports.h"
#include "core/monitor/network_helper.h"
#include "core/oci/runtime_spec.h"

#include <sys/epoll.h>

#include <algorithm>
#include <iterator>

namespace twinhull {

namespace {

constexpr std::size_t kSpecLimitBytes = 4U << 20U;
constexpr unsigned kMostKeeperLosses = 8; // of one run; a keeper that ends again and again helps nobody

std::vector<KeeperIds> keeperIds(const std::vector<oci::IdMapping>& mappings)
{
    std::vector<KeeperIds> all;
    for (const auto& mapping : mappings)
        all.push_back({ mapping.containerId, mapping.hostId, mapping.size });
    return all;
}

} // namespace

/// The keeper's user namespace has the ids that config.json gives the container.
Result<> Monitor::openKeeper(pid_t successorFor)
{
    if (m_arguments.network != NetworkMode::Own || m_keeper)
        return {};
    auto text = readFile(m_arguments.containerFolder + "/config.json", kSpecLimitBytes);
    auto spec = text ? oci::decodeRuntimeSpec(*text) : Result<oci::RuntimeSpec>(std::move(text).error());
    if (!spec)
        return std::move(spec).error();
    KeeperArguments arguments{ m_arguments.keeperFolder, m_arguments.networkHelper, keeperIds(spec->linux_.uidMappings),
        keeperIds(spec->linux_.gidMappings), 0 };
    if (!arguments.users.empty())
        arguments.successorFor = successorFor;
    auto link = KeeperLink::open(m_arguments.keeperPath, arguments);
    if (!link)
        return std::move(link).error();
    m_keeper.emplace(*std::move(link));
    return {};
}

Result<KeeperRequest> Monitor::keeperRequest() const
{
    auto settings = readSettings();
    auto record = m_hull.record();
    if (!settings || !record)
        return settings ? std::move(record).error() : std::move(settings).error();
    KeeperRequest request{ m_arguments.id, settings->name, record->pid, record->pidStartTicks, {}, {} };
    const auto ports = listenedPorts(m_arguments.ports);
    std::copy_if(ports.begin(), ports.end(), std::back_inserter(request.ports),
        [](const PortForward& port) { return !isOnIpv6(port); });
    for (const auto& use : settings->networks) {
        auto file = readFile(m_arguments.networksFolder + "/" + use.name + ".json", kNetworkDefinitionLimitBytes);
        auto network = file ? decodeNetworkDefinition(*file) : Result<NetworkDefinition>(std::move(file).error());
        if (!network)
            return std::move(network).error().withContext("network " + use.name);
        KeeperInterface wish{ *std::move(network), use.aliases, use.ipv4, use.ipv6 };
        if (!settings->naming.hostName.empty())
            wish.aliases.push_back(settings->naming.hostName);
        const auto known = std::find_if(m_status.places.begin(), m_status.places.end(),
            [&use](const NetworkPlace& place) { return place.network == use.name; });
        if (known != m_status.places.end()) { // it had them before the keeper was lost
            wish.ipv4 = known->ipv4;
            wish.ipv6 = known->ipv6;
        }
        request.interfaces.push_back(std::move(wish));
    }
    return request;
}

Result<> Monitor::joinNetworks()
{
    auto request = keeperRequest();
    auto reply = request ? m_keeper->ask(*request) : Result<KeeperReply>(std::move(request).error());
    if (!reply)
        return std::move(reply).error();
    m_status.places = std::move(reply->places);
    return listenOverIpv6();
}

/// The keeper's helper publishes on IPv4 only, and the keeper is not in this network namespace: we listen, it serves.
Result<> Monitor::listenOverIpv6()
{
    for (const auto& port : listenedPorts(m_arguments.ports)) {
        if (!isOnIpv6(port))
            continue;
        auto socket = listenAtPort(port);
        if (!socket)
            return std::move(socket).error();
        KeeperRequest request;
        request.id = m_arguments.id;
        request.ports = { port };
        request.verb = KeeperVerb::Listen;
        auto reply = m_keeper->ask(request, socket->fd());
        if (!reply)
            return std::move(reply).error().withContext("port " + encodePortForward(port));
    }
    return {};
}

/// slirp4netns publishes on IPv4 only, and pasta takes a port once: what comes to ::1 goes where the helper listens.
Result<> Monitor::relayFromIpv6()
{
    const bool isBoth = std::any_of(m_arguments.ports.begin(), m_arguments.ports.end(),
        [](const PortForward& port) { return port.hostAddress == kLocalhost; });
    const auto helper = IpAddress::parse(kLoopbackIpv4);
    if (!isBoth || !helper || !hasIpv6Loopback())
        return {};
    allowManyConnections();
    for (auto port : m_arguments.ports) {
        if (port.hostAddress != kLocalhost)
            continue;
        port.hostAddress = kLoopbackIpv6;
        auto socket = listenAtPort(port);
        if (!socket)
            return std::move(socket).error();
        auto relay = PortRelay::start(*m_loop, *std::move(socket), { socketAddressOf(*helper, port.hostPort) });
        if (!relay)
            return std::move(relay).error().withContext("port " + encodePortForward(port));
        m_relays.push_back(*std::move(relay));
    }
    return {};
}

/// Those of a monitor that was killed went with it.
void Monitor::adoptRelays()
{
    if (!m_helper)
        return;
    auto relayed = relayFromIpv6();
    if (relayed)
        return;
    m_relays.clear();
    log(LogLevel::Warning, relayed.error());
    m_status.note = "Its ports answer at 127.0.0.1 only until it is started again: " + relayed.error().message + ".";
}

/// One that is in no network just now is told its name with all else when it gets there.
Result<> Monitor::tellNewName()
{
    if (!m_keeper || !m_process)
        return {};
    auto request = keeperRequest();
    if (!request)
        return std::move(request).error();
    request->verb = KeeperVerb::Rename;
    auto reply = m_keeper->ask(*request);
    return reply || reply.error().code == ErrorCode::NotFound ? Result<>() : std::move(reply).error();
}

/// Of a monitor that was killed: its connection went, the container's networks stayed, unless the keeper went too.
void Monitor::adoptNetworks()
{
    if (m_arguments.network != NetworkMode::Own)
        return;
    if (auto found = KeeperLink::find(m_arguments.keeperFolder))
        m_keeper.emplace(*std::move(found));
    else
        onKeeperLost();
}

void Monitor::onKeeperLost()
{
    letGoOfKeeper();
    auto joined = ++m_keeperLosses <= kMostKeeperLosses
        ? openKeeper(m_status.containerPid)
        : Result<>(Error{ ErrorCode::Unavailable, "network-keeper ends again and again", 0, {} });
    if (joined)
        joined = joinNetworks();
    if (joined && m_control)
        joined = m_loop->watch(m_keeper->fd(), EPOLLIN, [this](std::uint32_t) { onKeeperLost(); });
    if (joined) {
        m_status.note
            = "Its networks were made anew because network-keeper had ended: connections from before are lost.";
    } else {
        log(LogLevel::Warning, joined.error());
        letGoOfKeeper();
        m_status.places.clear();
        m_status.note = "It has lost its networks until it is started again: " + joined.error().message + ".";
    }
    keepForSuccessor();
    publish();
}

void Monitor::letGoOfKeeper()
{
    if (m_keeper && m_loop)
        m_loop->unwatch(m_keeper->fd());
    m_keeper.reset();
}

} // namespace twinhull
