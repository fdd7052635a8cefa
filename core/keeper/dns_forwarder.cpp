// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/dns_forwarder.h"

#include "core/keeper/dns_message.h"
#include "core/keeper/ruleset.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kMostOpen = 256;
constexpr auto kPatience = std::chrono::seconds(10);
constexpr int kAnswersAtOnce = 32;

/// Nobody shall guess which answer is waited for.
std::uint16_t randomId()
{
    std::uint16_t id = 0;
    (void)!::getrandom(&id, sizeof id, 0); // two bytes are never refused once the kernel has started
    return id;
}

} // namespace

Result<std::unique_ptr<DnsForwarder>> DnsForwarder::create(EventLoop& loop, const std::string& server)
{
    UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(kNameServerPort);
    if (!socket || ::inet_pton(AF_INET, server.c_str(), &address.sin_addr) != 1)
        return Error::fromErrno(socket ? EINVAL : errno, "make the socket to " + server);
    // connected: only what comes from there is heard
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, "reach the name server " + server);
    std::unique_ptr<DnsForwarder> made(new DnsForwarder(loop, std::move(socket)));
    auto watched = loop.watch(made->m_socket.fd(), EPOLLIN, [raw = made.get()](std::uint32_t) { raw->onAnswer(); });
    if (!watched)
        return std::move(watched).error();
    return made;
}

DnsForwarder::~DnsForwarder()
{
    m_loop.unwatch(m_socket.fd());
}

void DnsForwarder::dropOld()
{
    const auto now = std::chrono::steady_clock::now();
    while (!m_order.empty()) {
        const auto oldest = m_open.find(m_order.front());
        const bool isGone = oldest == m_open.end();
        if (!isGone && m_order.size() < kMostOpen && now - oldest->second.asked < kPatience)
            return;
        if (!isGone)
            m_open.erase(oldest);
        m_order.pop_front();
    }
}

void DnsForwarder::ask(std::string_view packet, const DnsAsker& asker)
{
    dropOld();
    std::uint16_t id = randomId();
    while (m_open.find(id) != m_open.end())
        ++id;
    std::string changed(packet);
    setDnsId(changed, id);
    // what cannot be sent is asked again by who waits for it
    if (::send(m_socket.fd(), changed.data(), changed.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        return;
    m_open[id] = { asker, dnsId(packet), std::chrono::steady_clock::now() };
    m_order.push_back(id);
}

void DnsForwarder::onAnswer()
{
    std::string packet;
    for (int i = 0; i < kAnswersAtOnce; ++i) {
        packet.resize(kDnsLargestReply);
        const ssize_t size = ::recv(m_socket.fd(), packet.data(), packet.size(), MSG_DONTWAIT);
        if (size < 0)
            return;
        packet.resize(static_cast<std::size_t>(size));
        const auto found = packet.size() < 2 ? m_open.end() : m_open.find(dnsId(packet));
        if (found == m_open.end())
            continue;
        const Question question = found->second;
        m_open.erase(found);
        m_order.erase(std::remove(m_order.begin(), m_order.end(), dnsId(packet)), m_order.end());
        setDnsId(packet, question.id);
        (void)::sendto(question.asker.socket, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
            reinterpret_cast<const sockaddr*>(&question.asker.address), question.asker.addressSize);
    }
}

void DnsForwarder::forget(int socket)
{
    std::erase_if(m_open, [socket](const auto& entry) { return entry.second.asker.socket == socket; });
}

} // namespace twinhull
