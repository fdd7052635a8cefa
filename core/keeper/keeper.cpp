// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/keeper.h"

#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/sealed_file.h"
#include "core/base/subprocess.h"
#include "core/monitor/network_helper.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kNftDeadline = 10s;
constexpr std::uint16_t kFirstKeeperPort = 20'000;
constexpr std::uint16_t kLastKeeperPort = 59'999;
constexpr std::size_t kMostRelays = 64; // of one container
constexpr std::size_t kMostMembers = 1000; // a bridge has 1024 ports

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

Result<> enableForwarding()
{
    for (const char* path : { "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding" }) {
        auto file = openPath(path, O_WRONLY);
        if (!file && file.error().code == ErrorCode::NotFound) // a kernel without IPv6
            continue;
        auto written = file ? writeAll(*file, "1") : Result<>(std::move(file).error());
        if (!written)
            return std::move(written).withContext("let packets through");
    }
    return {};
}

} // namespace

struct Keeper::Inside {
    UniqueFd network;
    BridgeLinks links;
    std::vector<LinkAddress> gateways; ///< none of a family twice
    unsigned devices = 0;

    static Result<Inside> open(const ContainerProcess& process)
    {
        auto network = openPath("/proc/" + std::to_string(process.pid()) + "/ns/net", O_RDONLY);
        if (!network)
            return std::move(network).error().withContext("the container's network");
        auto links = BridgeLinks::openIn(*network);
        if (!links)
            return std::move(links).error();
        return Inside{ *std::move(network), *std::move(links), {}, 0 };
    }

    Result<> configure(
        const std::string& device, const std::vector<std::pair<LinkAddress, IpAddress>>& addresses, bool leadsOut)
    {
        const auto index = links.indexOf(device);
        if (!index)
            return index.error();
        if (auto up = links.bringUp(*index); !up)
            return up;
        for (const auto& [address, gateway] : addresses) {
            if (auto added = links.addAddress(*index, address); !added)
                return added;
            const auto isSame
                = [&family = gateway.family](const LinkAddress& other) { return other.address.family == family; };
            if (!leadsOut || std::any_of(gateways.begin(), gateways.end(), isSame))
                continue;
            if (auto routed = links.addDefaultRoute(*index, gateway); !routed)
                return routed;
            gateways.push_back({ gateway, 0 });
        }
        return {};
    }
};

Result<std::unique_ptr<Keeper>> Keeper::create(EventLoop& loop, Setup setup)
{
    auto links = BridgeLinks::open();
    if (!links)
        return std::move(links).error();
    std::unique_ptr<Keeper> made(new Keeper(loop, std::move(setup), *std::move(links)));
    auto lo = made->m_links.indexOf("lo");
    auto ready = lo ? made->m_links.bringUp(*lo) : Result<>(std::move(lo).error());
    if (ready)
        ready = enableForwarding();
    if (ready)
        ready = made->applyRules();
    if (ready && made->m_setup.wayOut == WayOut::Both && made->m_setup.canPublish) // pasta does it itself
        made->leadOutOverIpv6();
    auto forwarder = ready ? DnsForwarder::create(loop, kHelperNameServer)
                           : Result<std::unique_ptr<DnsForwarder>>(std::move(ready).error());
    if (!forwarder)
        return std::move(forwarder).error();
    made->m_forwarder = *std::move(forwarder);
    return made;
}

Keeper::Keeper(EventLoop& loop, Setup setup, BridgeLinks links)
    : m_loop(loop), m_setup(std::move(setup)), m_links(std::move(links))
{
}

Keeper::~Keeper()
{
    for (auto& [id, member] : m_members)
        m_loop.unwatch(member.process.pidfd());
}

/// slirp4netns only advertises its router, which one that forwards does not hear. Without it IPv4 leads out all the
/// same.
void Keeper::leadOutOverIpv6() const
{
    const auto address = IpAddress::parse(kHelperIpv6);
    const auto gateway = IpAddress::parse(kHelperIpv6Gateway);
    const auto index = m_links.indexOf(kHelperDevice);
    auto done = index ? m_links.addAddress(*index, { *address, kHelperIpv6PrefixBits }) : Result<>(index.error());
    if (done)
        done = m_links.addDefaultRoute(*index, *gateway);
    if (!done)
        log(LogLevel::Warning, std::move(done).error().withContext("lead out over IPv6"));
}

Result<KeptNetwork*> Keeper::network(const NetworkDefinition& definition)
{
    if (const auto found = m_networks.find(definition.name); found != m_networks.end()) {
        if (found->second->definition() == definition)
            return found->second.get();
        return Error{ ErrorCode::Busy, "network " + definition.name + " is in use as it was before", 0,
            "Stop the containers in it first: twinhullctl network list" };
    }
    DnsServer::Handlers names;
    names.find = [this](const IpAddress& asker, const std::string& name) { return find(asker, name); };
    names.forwarder = definition.isInternal ? nullptr : m_forwarder.get();
    auto made
        = KeptNetwork::make(definition, "th" + std::to_string(m_lastBridge++), { m_loop, m_links, std::move(names) });
    if (!made)
        return std::move(made).error();
    return m_networks.emplace(definition.name, *std::move(made)).first->second.get();
}

Result<KeeperReply> Keeper::connect(const KeeperRequest& request)
{
    leave(request.id);
    if (m_members.size() >= kMostMembers)
        return Error{ ErrorCode::Busy, "too many containers are in networks", 0, "Stop some of them." };
    auto process = ContainerProcess::open(request.pid, request.pidStartTicks);
    if (!process)
        return std::move(process).error();
    Member& member = m_members.emplace(request.id, Member(*std::move(process))).first->second;
    auto done = fill(member, request);
    if (done)
        done = applyRules();
    if (done)
        done = m_loop.watch(member.process.pidfd(), EPOLLIN, [this, id = request.id](std::uint32_t) {
            leave(id);
            dropUnused();
            if (m_members.empty())
                m_setup.emptied();
        });
    if (!done) {
        leave(request.id);
        dropUnused();
        return std::move(done).error();
    }
    dropUnused(); // what it was in before
    return replyFor(member);
}

Result<KeeperReply> Keeper::rename(const KeeperRequest& request)
{
    const auto found = m_members.find(request.id);
    if (found == m_members.end())
        return Error{ ErrorCode::NotFound, "it is in no network", 0, {} };
    for (auto& attachment : found->second.attachments)
        attachment.names.front() = lowered(request.name);
    return replyFor(found->second);
}

/// IPv6 first, for a port that is asked for over it; a program that waits on IPv4 only is reached as well.
Result<KeeperReply> Keeper::listen(const KeeperRequest& request, UniqueFd socket)
{
    const auto found = m_members.find(request.id);
    if (found == m_members.end())
        return Error{ ErrorCode::NotFound, "it is in no network", 0, {} };
    Member& member = found->second;
    if (!socket || request.ports.size() != 1 || member.relays.size() >= kMostRelays)
        return Error{ ErrorCode::InvalidArgument, "a port with a socket is missing, or too many have come", 0, {} };
    const auto& place = member.attachments.front();
    std::vector<SocketAddress> targets;
    for (const auto& address : { place.ipv6, place.ipv4 }) {
        if (address)
            targets.push_back(socketAddressOf(*address, request.ports.front().containerPort));
    }
    auto relay = PortRelay::start(m_loop, std::move(socket), std::move(targets));
    if (!relay)
        return std::move(relay).error();
    member.relays.push_back(*std::move(relay));
    return replyFor(member);
}

KeeperReply Keeper::replyFor(const Member& member)
{
    KeeperReply reply{ ::getpid(), {} };
    for (const auto& attachment : member.attachments)
        reply.places.push_back({ attachment.network, attachment.ipv4 ? attachment.ipv4->text() : std::string(),
            attachment.ipv6 ? attachment.ipv6->text() : std::string() });
    return reply;
}

Result<> Keeper::fill(Member& member, const KeeperRequest& request)
{
    auto inside = Inside::open(member.process);
    if (!inside)
        return std::move(inside).error();
    for (const auto& wish : request.interfaces) {
        if (auto attached = attach(member, wish, request.name, *inside); !attached)
            return attached;
    }
    return publish(member, request.ports);
}

Result<> Keeper::attach(Member& member, const KeeperInterface& wish, const std::string& name, Inside& inside)
{
    auto net = network(wish.network);
    if (!net)
        return std::move(net).error();
    KeptNetwork& kept = **net;
    Attachment& attachment = member.attachments.emplace_back();
    attachment.network = wish.network.name;
    attachment.device = "c" + std::to_string(m_lastCable++);
    attachment.names.push_back(lowered(name));
    for (const auto& alias : wish.aliases)
        attachment.names.push_back(lowered(alias));
    std::vector<std::pair<LinkAddress, IpAddress>> addresses;
    const auto take = [&](AddressBook& book, const std::string& asked, std::optional<IpAddress>& into) -> Result<> {
        auto address = book.take(asked);
        if (!address)
            return std::move(address).error().withContext("network " + wish.network.name);
        into = *address;
        addresses.push_back({ { *address, book.subnet().prefixBits }, book.gateway() });
        return {};
    };
    auto taken = take(kept.ipv4(), wish.ipv4, attachment.ipv4);
    if (taken && kept.ipv6())
        taken = take(*kept.ipv6(), wish.ipv6, attachment.ipv6);
    if (!taken)
        return taken;
    const std::string device = "eth" + std::to_string(inside.devices++);
    if (auto removed = inside.links.remove(device); !removed) // of a keeper that was killed just now
        return removed;
    if (auto made = m_links.addCable(attachment.device, kept.bridge(), device, inside.network); !made)
        return made;
    return inside.configure(device, addresses, !wish.network.isInternal);
}

std::uint16_t Keeper::freePort(PortTransport transport) const
{
    std::set<std::uint16_t> taken;
    for (const auto& [id, member] : m_members) {
        for (const auto& port : member.ports) {
            if (port.rule.transport == transport)
                taken.insert(port.rule.keeperPort);
        }
    }
    for (std::uint16_t port = kFirstKeeperPort; port <= kLastKeeperPort; ++port) {
        if (taken.find(port) == taken.end())
            return port;
    }
    return 0;
}

Result<> Keeper::publish(Member& member, const std::vector<PortForward>& ports)
{
    if (!ports.empty() && !m_setup.canPublish)
        return Error{ ErrorCode::Unavailable, "pasta cannot publish ports of a container that is in a network", 0,
            "Install the package slirp4netns, and start the containers in networks anew." };
    for (const auto& port : ports) {
        const std::uint16_t keeperPort = freePort(port.transport);
        if (keeperPort == 0)
            return Error{ ErrorCode::Busy, "too many ports are published", 0, "Publish fewer ports." };
        auto number = publishPort(m_setup.folder, { port.hostAddress, port.hostPort, keeperPort, port.transport });
        if (!number)
            return std::move(number).error();
        member.ports.push_back(
            { { port.transport, keeperPort, *member.attachments.front().ipv4, port.containerPort }, *number });
    }
    return {};
}

Result<> Keeper::applyRules() const
{
    std::vector<BridgeRules> bridges;
    std::vector<PortRule> ports;
    for (const auto& [name, kept] : m_networks)
        bridges.push_back(kept->rules());
    for (const auto& [id, member] : m_members) {
        for (const auto& port : member.ports)
            ports.push_back(port.rule);
    }
    const std::string text = rulesetText(bridges, ports);
    auto file = sealedFile("twinhull-rules", text);
    if (!file)
        return std::move(file).error();
    if (::lseek(file->fd(), 0, SEEK_SET) != 0)
        return Error::fromErrno(errno, "rewind the rules");
    CommandRun run{ kNftDeadline };
    run.input = file->fd();
    auto ended = runCommand({ { m_setup.nftPath, "-f", "-" }, {}, {} }, run);
    if (!ended)
        return std::move(ended).error().withContext("nft");
    if (ended->exitStatus == 0)
        return {};
    return Error{ ErrorCode::Unavailable, "nft: " + ended->standardError.substr(0, 500), 0,
        "The kernel needs nf_tables: sudo modprobe nf_tables nft_chain_nat" };
}

void Keeper::leave(const std::string& id)
{
    const auto found = m_members.find(id);
    if (found == m_members.end())
        return;
    m_loop.unwatch(found->second.process.pidfd());
    clear(found->second);
    m_members.erase(found);
}

/// Its rules stay until the next ones; their ports lead nowhere.
void Keeper::clear(Member& member)
{
    member.relays.clear(); // while its cables are there
    for (const auto& port : member.ports) {
        if (auto withdrawn = withdrawPort(m_setup.folder, port.number); !withdrawn)
            log(LogLevel::Warning, withdrawn.error());
    }
    for (const auto& attachment : member.attachments) {
        if (auto removed = m_links.remove(attachment.device); !removed)
            log(LogLevel::Warning, removed.error());
        const auto kept = m_networks.find(attachment.network);
        if (kept == m_networks.end())
            continue;
        if (attachment.ipv4)
            kept->second->ipv4().giveBack(*attachment.ipv4);
        if (attachment.ipv6 && kept->second->ipv6())
            kept->second->ipv6()->giveBack(*attachment.ipv6);
    }
}

/// Networks that nobody is in any more, and the rules of all that is gone.
void Keeper::dropUnused()
{
    std::set<std::string> used;
    for (const auto& [id, member] : m_members) {
        for (const auto& attachment : member.attachments)
            used.insert(attachment.network);
    }
    const auto isUnused = [&used](const auto& entry) { return used.find(entry.first) == used.end(); };
    if (std::erase_if(m_networks, isUnused) == 0)
        return;
    if (auto applied = applyRules(); !applied)
        log(LogLevel::Warning, applied.error());
}

/// Of the networks that the asker is in, whichever of their servers it asks.
std::optional<std::vector<IpAddress>> Keeper::find(const IpAddress& asker, const std::string& name) const
{
    std::set<std::string> networks;
    for (const auto& [id, member] : m_members) {
        const bool isAsker = std::any_of(member.attachments.begin(), member.attachments.end(),
            [&asker](const Attachment& one) { return one.ipv4 == asker || one.ipv6 == asker; });
        for (const auto& attachment : member.attachments) {
            if (isAsker)
                networks.insert(attachment.network);
        }
    }
    std::optional<std::vector<IpAddress>> addresses;
    for (const auto& [id, member] : m_members) {
        for (const auto& one : member.attachments) {
            if (networks.find(one.network) == networks.end()
                || std::find(one.names.begin(), one.names.end(), name) == one.names.end())
                continue;
            if (!addresses)
                addresses.emplace();
            for (const auto& address : { one.ipv4, one.ipv6 }) {
                if (address)
                    addresses->push_back(*address);
            }
        }
    }
    return addresses;
}

} // namespace twinhull
