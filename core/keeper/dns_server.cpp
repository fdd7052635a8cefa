// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/dns_server.h"

#include "core/base/socket_address.h"
#include "core/keeper/dns_message.h"
#include "core/keeper/ruleset.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace twinhull {

namespace {

constexpr int kQueriesAtOnce = 64; // then others have their turn

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
    const auto place = socketAddressOf(address, kNameServerPort);
    UniqueFd socket(::socket(place.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket || ::bind(socket.fd(), place.raw(), place.size) != 0)
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
    auto known = m_handlers.find(addressFrom(asker.address), query->name);
    if (!known && m_handlers.forwarder != nullptr)
        return m_handlers.forwarder->ask(packet, asker);
    const bool isKnown = known.has_value();
    std::uint32_t turn = 0; // no count of queries: askers alternate between both families
    (void)!::getrandom(&turn, sizeof turn, 0); // so few bytes are never refused
    const auto told = isKnown ? dnsAddresses(query->type, *std::move(known), turn) : std::vector<IpAddress>();
    const auto reply = dnsAnswer(packet, *query, told, isKnown ? DnsCode::Fine : DnsCode::NoSuchName);
    (void)::sendto(m_socket.fd(), reply.data(), reply.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
        reinterpret_cast<const sockaddr*>(&asker.address), asker.addressSize);
}

} // namespace twinhull
