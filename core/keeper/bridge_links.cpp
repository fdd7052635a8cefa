// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/bridge_links.h"

#include "core/base/files.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace twinhull {

namespace {

using runtime::RouteMessage;
using runtime::RouteSocket;
using Bytes = std::vector<unsigned char>;

constexpr const char* kThisNetwork = "/proc/self/ns/net";

void appendBytes(Bytes& bytes, const void* more, std::size_t size)
{
    const std::size_t at = bytes.size();
    bytes.resize(at + ((size + NLMSG_ALIGNTO - 1U) & ~(NLMSG_ALIGNTO - 1U)));
    std::memcpy(bytes.data() + at, more, size);
}

/// An attribute inside another.
void appendAttribute(Bytes& bytes, std::uint16_t kind, const void* value, std::size_t size)
{
    Bytes whole(sizeof(rtattr) + size);
    const rtattr header{ static_cast<std::uint16_t>(whole.size()), kind };
    std::memcpy(whole.data(), &header, sizeof header);
    if (size > 0)
        std::memcpy(whole.data() + sizeof header, value, size);
    appendBytes(bytes, whole.data(), whole.size());
}

void appendAttribute(Bytes& bytes, std::uint16_t kind, const std::string& text)
{
    appendAttribute(bytes, kind, text.c_str(), text.size() + 1);
}

ifinfomsg upHeader()
{
    ifinfomsg header{};
    header.ifi_family = AF_UNSPEC;
    header.ifi_flags = header.ifi_change = IFF_UP;
    return header;
}

RouteMessage newLink(const std::string& name, const Bytes& info)
{
    RouteMessage message(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    message.with(upHeader()).with(IFLA_IFNAME, name).with(IFLA_LINKINFO, info.data(), info.size());
    return message;
}

unsigned char routeFamily(const IpAddress& address)
{
    return address.family == IpFamily::V4 ? AF_INET : AF_INET6;
}

} // namespace

Result<BridgeLinks> BridgeLinks::open()
{
    auto socket = RouteSocket::open();
    return socket ? Result<BridgeLinks>(BridgeLinks(*std::move(socket))) : std::move(socket).error();
}

Result<BridgeLinks> BridgeLinks::openIn(const UniqueFd& networkNamespace)
{
    auto own = openPath(kThisNetwork, O_RDONLY);
    if (!own)
        return std::move(own).error();
    if (::setns(networkNamespace.fd(), CLONE_NEWNET) != 0)
        return Error::fromErrno(errno, "enter the container's network");
    auto links = open();
    if (::setns(own->fd(), CLONE_NEWNET) != 0)
        return Error::fromErrno(errno, "leave the container's network");
    return links;
}

Result<int> BridgeLinks::addBridge(const std::string& name, const IpAddress& gateway) const
{
    Bytes info;
    appendAttribute(info, IFLA_INFO_KIND, std::string("bridge"));
    std::array<unsigned char, 6> hardware{ 0x02, 0x74 }; // locally administered, one device's
    std::copy_n(gateway.bytes.begin(), 4, hardware.begin() + 2);
    auto message = newLink(name, info);
    message.with(IFLA_ADDRESS, hardware.data(), hardware.size());
    if (auto made = m_socket.change(message); !made)
        return std::move(made).error().withContext("make bridge " + name);
    return indexOf(name);
}

Result<> BridgeLinks::addCable(
    const std::string& name, int bridge, const std::string& otherName, const UniqueFd& otherNamespace) const
{
    Bytes peer;
    const ifinfomsg header{};
    appendBytes(peer, &header, sizeof header);
    appendAttribute(peer, IFLA_IFNAME, otherName);
    const auto descriptor = static_cast<std::uint32_t>(otherNamespace.fd());
    appendAttribute(peer, IFLA_NET_NS_FD, &descriptor, sizeof descriptor);
    Bytes data;
    appendAttribute(data, VETH_INFO_PEER, peer.data(), peer.size());
    Bytes info;
    appendAttribute(info, IFLA_INFO_KIND, std::string("veth"));
    appendAttribute(info, IFLA_INFO_DATA, data.data(), data.size());
    auto message = newLink(name, info);
    message.with(IFLA_MASTER, static_cast<std::uint32_t>(bridge));
    return m_socket.change(message).withContext("make the container's device " + otherName);
}

Result<> BridgeLinks::remove(const std::string& name) const
{
    const auto link = m_socket.linkNamed(name);
    if (!link)
        return link.error();
    if (!*link)
        return {};
    ifinfomsg header{};
    header.ifi_index = (*link)->index;
    RouteMessage message(RTM_DELLINK, NLM_F_ACK);
    message.with(header);
    auto removed = m_socket.change(message);
    return !removed && removed.error().sysErrno == ENODEV ? Result<>()
                                                          : std::move(removed).withContext("remove " + name);
}

Result<int> BridgeLinks::indexOf(const std::string& name) const
{
    const auto link = m_socket.linkNamed(name);
    if (!link)
        return link.error();
    if (*link)
        return (*link)->index;
    return Error::fromErrno(ENODEV, name);
}

Result<> BridgeLinks::bringUp(int index) const
{
    return m_socket.bringUp(index).withContext("bring a device up");
}

Result<> BridgeLinks::addAddress(int index, const LinkAddress& address) const
{
    runtime::RouteAddress route{ routeFamily(address.address), static_cast<std::uint8_t>(address.prefixBits), {} };
    const Bytes bytes(address.address.bytes.begin(),
        address.address.bytes.begin() + static_cast<std::ptrdiff_t>(address.address.size()));
    route.attributes = { { IFA_LOCAL, bytes }, { IFA_ADDRESS, bytes } };
    if (address.address.family == IpFamily::V6) {
        const std::uint32_t flags = IFA_F_NODAD;
        Bytes flagBytes(sizeof flags);
        std::memcpy(flagBytes.data(), &flags, sizeof flags);
        route.attributes.push_back({ IFA_FLAGS, flagBytes });
    }
    return m_socket.addAddress(index, route).withContext("give address " + address.address.text());
}

Result<> BridgeLinks::addDefaultRoute(int index, const IpAddress& gateway) const
{
    rtmsg header{};
    header.rtm_family = routeFamily(gateway);
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_BOOT;
    header.rtm_scope = RT_SCOPE_UNIVERSE;
    header.rtm_type = RTN_UNICAST;
    RouteMessage message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    message.with(header).with(RTA_GATEWAY, gateway.bytes.data(), gateway.size());
    message.with(RTA_OIF, static_cast<std::uint32_t>(index));
    return m_socket.change(message).withContext("route through " + gateway.text());
}

} // namespace twinhull
