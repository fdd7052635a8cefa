// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/keeper_messages.h"
#include "core/keeper/kept_network.h"
#include "core/monitor/port_relay.h"
#include "core/monitor/container_process.h"
#include "core/monitor/network_helper.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace twinhull {

/// All networks of a person that somebody is in, in the network namespace that this process is in, and the containers
/// in them. A container leaves when its first process ends. One thread, one event loop.
class Keeper {
public:
    struct Setup {
        std::string folder; ///< of the helper's API socket
        std::string nftPath; ///< absolute path of nft
        bool canPublish = false; ///< the helper is slirp4netns: pasta takes no ports while it runs
        WayOut wayOut = WayOut::Ipv4; ///< the helper's
        std::function<void()> emptied; ///< the last container has left
    };

    /// `loop` must outlive this.
    static Result<std::unique_ptr<Keeper>> create(EventLoop& loop, Setup setup);
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    /// As core/ipc/keeper_messages.h says.
    Result<KeeperReply> connect(const KeeperRequest& request);
    Result<KeeperReply> rename(const KeeperRequest& request);
    Result<KeeperReply> listen(const KeeperRequest& request, UniqueFd socket);
    bool isEmpty() const { return m_members.empty(); }

private:
    struct Attachment {
        std::string network;
        std::string device; ///< of this side
        std::vector<std::string> names; ///< in lower case: the container's first, then its aliases
        std::optional<IpAddress> ipv4;
        std::optional<IpAddress> ipv6;
    };
    struct Published {
        PortRule rule;
        int number = 0; ///< the helper's
    };
    struct Member {
        explicit Member(ContainerProcess given) : process(std::move(given)) { }
        ContainerProcess process;
        std::vector<Attachment> attachments;
        std::vector<Published> ports;
        std::vector<std::unique_ptr<PortRelay>> relays;
    };
    struct Inside; ///< the container's side of its cables

    Keeper(EventLoop& loop, Setup setup, BridgeLinks links);
    Result<KeptNetwork*> network(const NetworkDefinition& definition);
    Result<> fill(Member& member, const KeeperRequest& request);
    Result<> attach(Member& member, const KeeperInterface& wish, const std::string& name, Inside& inside);
    Result<> publish(Member& member, const std::vector<PortForward>& ports);
    Result<> applyRules() const;
    void leadOutOverIpv6() const;
    void leave(const std::string& id);
    void clear(Member& member);
    void dropUnused();
    std::optional<std::vector<IpAddress>> find(const IpAddress& asker, const std::string& name) const;
    static KeeperReply replyFor(const Member& member);
    std::uint16_t freePort(PortTransport transport) const;

    EventLoop& m_loop;
    Setup m_setup;
    BridgeLinks m_links;
    std::unique_ptr<DnsForwarder> m_forwarder;
    std::map<std::string, std::unique_ptr<KeptNetwork>> m_networks; ///< by name
    std::map<std::string, Member> m_members; ///< by the container's id
    unsigned m_lastBridge = 0;
    unsigned m_lastCable = 0;
};

} // namespace twinhull
