// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/dns_server.h"

#include "core/keeper/dns_message.h"
#include "core/keeper/ruleset.h"

#include <netinet/in.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace twinhull {

namespace {

constexpr int kQueriesAtOnce = 64; // then others have their turn

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

SocketAddress socketAddressOf(const IpAddress& address, std::uint16_t port)
{
    SocketAddress made;
    if (address.family == IpFamily::V4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes.data(), sizeof v4.sin_addr);
        std::memcpy(&made.storage, &v4, sizeof v4);
        made.size = sizeof v4;
        return made;
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&made.storage, &v6, sizeof v6);
    made.size = sizeof v6;
    return made;
}

IpAddress addressFrom(const sockaddr_storage& storage)
{
    IpAddress address;
    if (storage.ss_family == AF_INET6) {
        address.family = IpFamily::V6;
        sockaddr_in6 v6{};
        std::memcpy(&v6, &storage, sizeof v6);
        std::memcpy(address.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
        return address;
    }
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    std::memcpy(address.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    return address;
}

} // namespace

Result<std::unique_ptr<DnsServer>> DnsServer::listen(EventLoop& loop, const IpAddress& address, Handlers handlers)
{
    const int family = address.family == IpFamily::V4 ? AF_INET : AF_INET6;
    UniqueFd socket(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto place = socketAddressOf(address, kNameServerPort);
    if (!socket || ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&place.storage), place.size) != 0)
        return Error::fromErrno(errno, "listen for names on " + address.text());
    std::unique_ptr<DnsServer> made(new DnsServer(loop, std::move(socket), std::move(handlers)));
    auto watched = loop.watch(made->m_socket.fd(), EPOLLIN, [raw = made.get()](std::uint32_t) { raw->onQueries(); });
    if (!watched)
        return std::move(watched).error();
    return made;
}

DnsServer::DnsServer(EventLoop& loop, UniqueFd socket, Handlers handlers)
    : m_loop(loop), m_socket(std::move(socket)), m_handlers(std::move(handlers))
{
}

DnsServer::~DnsServer()
{
    if (m_handlers.forwarder != nullptr)
        m_handlers.forwarder->forget(m_socket.fd());
    m_loop.unwatch(m_socket.fd());
}

void DnsServer::onQueries()
{
    std::array<char, kDnsLargestQuery + 1> buffer{};
    for (int i = 0; i < kQueriesAtOnce; ++i) {
        DnsAsker asker;
        asker.socket = m_socket.fd();
        asker.addressSize = sizeof asker.address;
        const ssize_t size = ::recvfrom(m_socket.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT,
            reinterpret_cast<sockaddr*>(&asker.address), &asker.addressSize);
        if (size < 0)
            return;
        answer({ buffer.data(), static_cast<std::size_t>(size) }, asker);
    }
}

void DnsServer::answer(std::string_view packet, const DnsAsker& asker)
{
    const auto query = parseDnsQuery(packet);
    if (!query)
        return;
    const auto known = m_handlers.find(addressFrom(asker.address), query->name);
    if (!known && m_handlers.forwarder != nullptr)
        return m_handlers.forwarder->ask(packet, asker);
    const auto reply = dnsAnswer(
        packet, *query, known.value_or(std::vector<IpAddress>()), known ? DnsCode::Fine : DnsCode::NoSuchName);
    (void)::sendto(m_socket.fd(), reply.data(), reply.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
        reinterpret_cast<const sockaddr*>(&asker.address), asker.addressSize);
}

} // namespace twinhull
