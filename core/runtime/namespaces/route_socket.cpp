// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/route_socket.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kLargestReply = 1U << 18U; // a device with many virtual functions takes many pages
constexpr std::uint16_t kNewIndex = 49; // IFLA_NEW_IFINDEX, Linux 5.13
constexpr std::size_t kAlignment = NLMSG_ALIGNTO;

std::size_t aligned(std::size_t size)
{
    return (size + kAlignment - 1) & ~(kAlignment - 1);
}

ifinfomsg linkHeader(int index)
{
    ifinfomsg header{};
    header.ifi_family = AF_UNSPEC;
    header.ifi_index = index;
    return header;
}

template <typename T>
std::optional<T> headerOf(const std::vector<unsigned char>& payload)
{
    if (payload.size() < sizeof(T))
        return {};
    T value{};
    std::memcpy(&value, payload.data(), sizeof value);
    return value;
}

/// Calls `each(kind, bytes)` for the attributes behind a header of that size.
template <typename Each>
void eachAttribute(const std::vector<unsigned char>& payload, std::size_t headerSize, Each each)
{
    std::size_t at = aligned(headerSize);
    while (at + sizeof(rtattr) <= payload.size()) {
        rtattr attribute{};
        std::memcpy(&attribute, payload.data() + at, sizeof attribute);
        if (attribute.rta_len < sizeof attribute || attribute.rta_len > payload.size() - at)
            return;
        const auto* bytes = payload.data() + at;
        each(attribute.rta_type, std::vector<unsigned char>(bytes + sizeof attribute, bytes + attribute.rta_len));
        at += aligned(attribute.rta_len);
    }
}

std::optional<RouteLink> linkOf(const std::vector<unsigned char>& payload)
{
    const auto header = headerOf<ifinfomsg>(payload);
    if (!header)
        return {};
    RouteLink link{ header->ifi_index, {}, header->ifi_flags };
    eachAttribute(payload, sizeof(ifinfomsg), [&](std::uint16_t kind, const std::vector<unsigned char>& bytes) {
        if (kind == IFLA_IFNAME)
            link.name.assign(bytes.begin(), std::find(bytes.begin(), bytes.end(), '\0'));
    });
    return link;
}

/// What cannot be given again: a label names the device as it was called, the others are what the kernel found out.
bool canBeGiven(std::uint16_t kind)
{
    return kind != IFA_LABEL && kind != IFA_CACHEINFO;
}

/// Nothing where it is not one to keep (config-linux.md: permanent, and of global scope).
std::optional<RouteAddress> addressOf(const std::vector<unsigned char>& payload, int index)
{
    const auto header = headerOf<ifaddrmsg>(payload);
    if (!header || static_cast<int>(header->ifa_index) != index || header->ifa_scope != RT_SCOPE_UNIVERSE)
        return {};
    RouteAddress address{ header->ifa_family, header->ifa_prefixlen, {} };
    std::uint32_t flags = header->ifa_flags;
    eachAttribute(payload, sizeof(ifaddrmsg), [&](std::uint16_t kind, const std::vector<unsigned char>& bytes) {
        if (kind == IFA_FLAGS && bytes.size() == sizeof flags)
            std::memcpy(&flags, bytes.data(), sizeof flags);
        if (canBeGiven(kind))
            address.attributes.push_back({ kind, bytes });
    });
    return (flags & IFA_F_PERMANENT) != 0 ? std::optional(std::move(address)) : std::nullopt;
}

} // namespace

RouteMessage::RouteMessage(std::uint16_t type, std::uint16_t flags)
{
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    append(&header, sizeof header);
}

void RouteMessage::append(const void* bytes, std::size_t size)
{
    const std::size_t at = m_bytes.size();
    m_bytes.resize(at + aligned(size));
    std::memcpy(m_bytes.data() + at, bytes, size);
}

RouteMessage& RouteMessage::with(std::uint16_t attribute, const void* bytes, std::size_t size)
{
    std::vector<unsigned char> whole(sizeof(rtattr) + size);
    const rtattr header{ static_cast<std::uint16_t>(whole.size()), attribute };
    std::memcpy(whole.data(), &header, sizeof header);
    if (size > 0)
        std::memcpy(whole.data() + sizeof header, bytes, size);
    append(whole.data(), whole.size());
    return *this;
}

RouteMessage& RouteMessage::with(std::uint16_t attribute, std::uint32_t number)
{
    return with(attribute, &number, sizeof number);
}

RouteMessage& RouteMessage::with(std::uint16_t attribute, const std::string& text)
{
    return with(attribute, text.c_str(), text.size() + 1);
}

const std::vector<unsigned char>& RouteMessage::bytes()
{
    const auto length = static_cast<std::uint32_t>(m_bytes.size());
    std::memcpy(m_bytes.data() + offsetof(nlmsghdr, nlmsg_len), &length, sizeof length);
    return m_bytes;
}

Result<RouteSocket> RouteSocket::open()
{
    UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket)
        return Error::fromErrno(errno, "socket to the kernel's network");
    return RouteSocket(std::move(socket));
}

Result<std::vector<RouteSocket::Reply>> RouteSocket::ask(RouteMessage& message) const
{
    const auto& request = message.bytes();
    if (::send(m_socket.fd(), request.data(), request.size(), 0) < 0)
        return Error::fromErrno(errno, "ask the kernel");
    std::vector<Reply> replies;
    std::vector<unsigned char> buffer(kLargestReply);
    while (true) {
        const ssize_t count = ::recv(m_socket.fd(), buffer.data(), buffer.size(), MSG_TRUNC);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "hear the kernel");
        if (static_cast<std::size_t>(count) > buffer.size())
            return Error{ ErrorCode::Corrupt, "the kernel's answer is too long", 0, {} };
        for (std::size_t at = 0; at + sizeof(nlmsghdr) <= static_cast<std::size_t>(count);) {
            nlmsghdr header{};
            std::memcpy(&header, buffer.data() + at, sizeof header);
            if (header.nlmsg_len < sizeof header || header.nlmsg_len > static_cast<std::size_t>(count) - at)
                return Error{ ErrorCode::Corrupt, "the kernel's answer is malformed", 0, {} };
            const auto* bytes = buffer.data() + at;
            std::vector<unsigned char> payload(bytes + sizeof header, bytes + header.nlmsg_len);
            if (header.nlmsg_type == NLMSG_DONE)
                return replies;
            if (header.nlmsg_type == NLMSG_ERROR) {
                const int number = headerOf<nlmsgerr>(payload).value_or(nlmsgerr{ -EBADMSG, {} }).error;
                return number == 0 ? Result(std::move(replies)) : Error::fromErrno(-number, "the kernel says");
            }
            replies.push_back({ header.nlmsg_type, std::move(payload) });
            at += aligned(header.nlmsg_len);
        }
    }
}

Result<std::optional<RouteLink>> RouteSocket::firstLink(RouteMessage& message) const
{
    auto replies = ask(message);
    if (!replies && (replies.error().sysErrno == ENODEV || replies.error().sysErrno == ENOENT))
        return std::optional<RouteLink>();
    if (!replies)
        return std::move(replies).error();
    for (const auto& reply : *replies) {
        if (reply.type == RTM_NEWLINK)
            return linkOf(reply.payload);
    }
    return std::optional<RouteLink>();
}

Result<std::optional<RouteLink>> RouteSocket::linkNamed(const std::string& name) const
{
    return firstLink(RouteMessage(RTM_GETLINK, NLM_F_ACK).with(linkHeader(0)).with(IFLA_IFNAME, name));
}

Result<std::optional<RouteLink>> RouteSocket::linkAt(int index) const
{
    return firstLink(RouteMessage(RTM_GETLINK, NLM_F_ACK).with(linkHeader(index)));
}

Result<int> RouteSocket::highestIndex() const
{
    auto replies = ask(RouteMessage(RTM_GETLINK, NLM_F_DUMP).with(linkHeader(0)));
    if (!replies)
        return std::move(replies).error();
    int highest = 0;
    for (const auto& reply : *replies) {
        const auto link = linkOf(reply.payload);
        highest = std::max(highest, link ? link->index : 0);
    }
    return highest;
}

Result<> RouteSocket::moveLink(const LinkMove& move) const
{
    RouteMessage message(RTM_NEWLINK, NLM_F_ACK);
    message.with(linkHeader(move.index)).with(IFLA_NET_NS_FD, static_cast<std::uint32_t>(move.networkNamespace));
    message.with(IFLA_IFNAME, move.newName);
    if (move.newIndex > 0)
        message.with(kNewIndex, static_cast<std::uint32_t>(move.newIndex));
    auto done = ask(message);
    return done ? Result<>() : Result<>(std::move(done).error());
}

Result<> RouteSocket::checkRights(int index) const
{
    auto done = ask(RouteMessage(RTM_NEWLINK, NLM_F_ACK).with(linkHeader(index)));
    return done ? Result<>() : Result<>(std::move(done).error());
}

Result<> RouteSocket::bringUp(int index) const
{
    ifinfomsg header = linkHeader(index);
    header.ifi_flags = header.ifi_change = IFF_UP;
    auto done = ask(RouteMessage(RTM_NEWLINK, NLM_F_ACK).with(header));
    return done ? Result<>() : Result<>(std::move(done).error());
}

Result<> RouteSocket::change(RouteMessage& message) const
{
    auto done = ask(message);
    return done ? Result<>() : Result<>(std::move(done).error());
}

Result<std::vector<RouteAddress>> RouteSocket::permanentAddresses(int index) const
{
    auto replies = ask(RouteMessage(RTM_GETADDR, NLM_F_DUMP).with(ifaddrmsg{}));
    if (!replies)
        return std::move(replies).error();
    std::vector<RouteAddress> addresses;
    for (const auto& reply : *replies) {
        if (auto address = addressOf(reply.payload, index); address && reply.type == RTM_NEWADDR)
            addresses.push_back(*std::move(address));
    }
    return addresses;
}

Result<> RouteSocket::addAddress(int index, const RouteAddress& address) const
{
    ifaddrmsg header{};
    header.ifa_family = address.family;
    header.ifa_prefixlen = address.prefixLength;
    header.ifa_scope = RT_SCOPE_UNIVERSE;
    header.ifa_index = static_cast<std::uint32_t>(index);
    RouteMessage message(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    message.with(header);
    for (const auto& attribute : address.attributes)
        message.with(attribute.kind, attribute.bytes.data(), attribute.bytes.size());
    auto done = ask(message);
    return done ? Result<>() : Result<>(std::move(done).error());
}

} // namespace twinhull::runtime
