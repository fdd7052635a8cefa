// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/datagram_relay.h"

#include <sys/epoll.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kAskerSilence = 120s; // RFC 4787, 4.3: no less than two minutes
constexpr auto kSweepPeriod = 10s;
constexpr std::size_t kLargestDatagram = 64U << 10U;
constexpr int kDatagramsAtOnce = 64; // then others have their turn

union AskedControl {
    char bytes[CMSG_SPACE(sizeof(in6_pktinfo))];
    cmsghdr alignment;
};

} // namespace

Result<std::unique_ptr<PortRelay>> DatagramRelay::start(
    EventLoop& loop, UniqueFd socket, std::vector<SocketAddress> targets)
{
    auto sweep = Deadline::create();
    if (!sweep)
        return std::move(sweep).error();
    const int on = 1; // fails for IPv4, whose askers are answered from where the kernel likes
    (void)::setsockopt(socket.fd(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    std::unique_ptr<DatagramRelay> made(
        new DatagramRelay(loop, std::move(socket), std::move(targets), *std::move(sweep)));
    auto watched = loop.watch(made->m_socket.fd(), EPOLLIN, [raw = made.get()](std::uint32_t) { raw->onAsked(); });
    if (watched)
        watched = loop.watch(made->m_sweep.fd(), EPOLLIN, [raw = made.get()](std::uint32_t) { raw->sweep(); });
    if (!watched)
        return std::move(watched).error();
    return std::unique_ptr<PortRelay>(std::move(made));
}

DatagramRelay::DatagramRelay(EventLoop& loop, UniqueFd socket, std::vector<SocketAddress> targets, Deadline sweep)
    : m_loop(loop)
    , m_socket(std::move(socket))
    , m_targets(std::move(targets))
    , m_sweep(std::move(sweep))
    , m_buffer(kLargestDatagram)
{
}

DatagramRelay::~DatagramRelay()
{
    m_loop.unwatch(m_socket.fd());
    m_loop.unwatch(m_sweep.fd());
    while (!m_askers.empty())
        forget(m_askers.begin());
}

bool DatagramRelay::receive(Arrival& arrival)
{
    iovec part{ m_buffer.data(), m_buffer.size() };
    AskedControl control{};
    msghdr header{};
    header.msg_name = &arrival.from.storage;
    header.msg_namelen = sizeof arrival.from.storage;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
    const ssize_t count = ::recvmsg(m_socket.fd(), &header, MSG_DONTWAIT);
    if (count < 0)
        return false;
    arrival.size = static_cast<std::size_t>(count);
    arrival.from.size = header.msg_namelen;
    for (cmsghdr* entry = CMSG_FIRSTHDR(&header); entry != nullptr; entry = CMSG_NXTHDR(&header, entry)) {
        if (entry->cmsg_level == IPPROTO_IPV6 && entry->cmsg_type == IPV6_PKTINFO)
            std::memcpy(&arrival.asked, CMSG_DATA(entry), sizeof arrival.asked);
    }
    return true;
}

void DatagramRelay::onAsked()
{
    for (int i = 0; i < kDatagramsAtOnce; ++i) {
        Arrival arrival;
        if (!receive(arrival))
            return;
        const auto asker = askerOf(arrival);
        if (asker == m_askers.end())
            continue;
        asker->second.lastUse = Clock::now();
        asker->second.asked = arrival.asked;
        // one that is refused is lost, as any datagram may be; onAnswer() hears of it and tries the next address
        (void)::send(asker->second.socket.fd(), m_buffer.data(), arrival.size, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

/// A new one takes the place of the one that has been silent longest.
std::map<std::string, DatagramRelay::Asker>::iterator DatagramRelay::askerOf(const Arrival& arrival)
{
    const std::string key(reinterpret_cast<const char*>(&arrival.from.storage), arrival.from.size);
    if (const auto found = m_askers.find(key); found != m_askers.end())
        return found;
    if (m_askers.size() >= kMostRelayed)
        forget(std::min_element(m_askers.begin(), m_askers.end(),
            [](const auto& a, const auto& b) { return a.second.lastUse < b.second.lastUse; }));
    if (m_askers.empty())
        (void)m_sweep.set(kSweepPeriod);
    const auto made = m_askers.emplace(key, Asker{ arrival.from, {}, {}, 0, {} }).first;
    if (open(made->second, key))
        return made;
    m_askers.erase(made);
    return m_askers.end();
}

bool DatagramRelay::open(Asker& asker, const std::string& key)
{
    for (; asker.target < m_targets.size(); ++asker.target) {
        const auto& address = m_targets[asker.target];
        UniqueFd socket(::socket(address.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!socket || ::connect(socket.fd(), address.raw(), address.size) != 0)
            continue;
        asker.socket = std::move(socket);
        return static_cast<bool>(
            m_loop.watch(asker.socket.fd(), EPOLLIN, [this, key](std::uint32_t) { onAnswer(key); }));
    }
    return false;
}

void DatagramRelay::onAnswer(const std::string& key)
{
    const auto found = m_askers.find(key);
    if (found == m_askers.end())
        return;
    Asker& asker = found->second;
    for (int i = 0; i < kDatagramsAtOnce; ++i) {
        const ssize_t count = ::recv(asker.socket.fd(), m_buffer.data(), m_buffer.size(), MSG_DONTWAIT);
        if (count >= 0) {
            asker.lastUse = Clock::now();
            answer(asker, static_cast<std::size_t>(count));
            continue;
        }
        if (errno != ECONNREFUSED)
            return;
        m_loop.unwatch(asker.socket.fd());
        asker.target = (asker.target + 1) % m_targets.size(); // it may have begun to listen meanwhile
        if (!open(asker, key))
            forget(found);
        return;
    }
}

void DatagramRelay::answer(const Asker& asker, std::size_t size)
{
    iovec part{ m_buffer.data(), size };
    msghdr header{};
    SocketAddress to = asker.address;
    header.msg_name = &to.storage;
    header.msg_namelen = to.size;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    AskedControl control{};
    if (to.family() == AF_INET6) {
        header.msg_control = control.bytes;
        header.msg_controllen = sizeof control.bytes;
        cmsghdr* entry = CMSG_FIRSTHDR(&header);
        entry->cmsg_level = IPPROTO_IPV6;
        entry->cmsg_type = IPV6_PKTINFO;
        entry->cmsg_len = CMSG_LEN(sizeof asker.asked);
        std::memcpy(CMSG_DATA(entry), &asker.asked, sizeof asker.asked);
    }
    (void)::sendmsg(m_socket.fd(), &header, MSG_DONTWAIT | MSG_NOSIGNAL); // lost, as any datagram may be
}

void DatagramRelay::forget(std::map<std::string, Asker>::iterator asker)
{
    if (asker->second.socket)
        m_loop.unwatch(asker->second.socket.fd());
    m_askers.erase(asker);
}

void DatagramRelay::sweep()
{
    m_sweep.clear();
    const auto limit = Clock::now() - kAskerSilence;
    for (auto asker = m_askers.begin(); asker != m_askers.end();) {
        const auto next = std::next(asker);
        if (asker->second.lastUse < limit)
            forget(asker);
        asker = next;
    }
    if (!m_askers.empty())
        (void)m_sweep.set(kSweepPeriod);
}

} // namespace twinhull
