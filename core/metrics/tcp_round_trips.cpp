// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/tcp_round_trips.h"

#include "core/base/unique_fd.h"
#include "core/metrics/folder_reader.h"
#include "core/metrics/proc_text.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace twinhull {

namespace {

using Table = std::unordered_map<std::uint64_t, std::uint32_t>;

constexpr std::chrono::seconds kTableServes{ 5 };
constexpr std::size_t kMostSockets = 4096; ///< of a workload: what shares our network may open any number
constexpr std::uint32_t kEstablished = 1U << 1U; // TCP_ESTABLISHED of the kernel's net/tcp_states.h
constexpr timeval kPatience{ 1, 0 };

struct Question {
    nlmsghdr header;
    inet_diag_req_v2 request;
};

bool ask(const UniqueFd& socket, std::uint8_t family)
{
    Question question{};
    question.header.nlmsg_len = sizeof question;
    question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    question.request.sdiag_family = family;
    question.request.sdiag_protocol = IPPROTO_TCP;
    question.request.idiag_ext = 1U << (INET_DIAG_INFO - 1U);
    question.request.idiag_states = kEstablished;
    return ::send(socket.fd(), &question, sizeof question, 0) == ssize_t{ sizeof question };
}

/// 0 until something was measured.
std::uint32_t roundTripIn(const rtattr* attribute, std::size_t size)
{
    constexpr std::size_t kAt = offsetof(tcp_info, tcpi_rtt);
    for (; RTA_OK(attribute, size); attribute = RTA_NEXT(attribute, size)) {
        std::uint32_t microseconds = 0;
        if (attribute->rta_type != INET_DIAG_INFO || RTA_PAYLOAD(attribute) < kAt + sizeof microseconds)
            continue;
        std::memcpy(&microseconds, static_cast<const char*>(RTA_DATA(attribute)) + kAt, sizeof microseconds);
        return microseconds;
    }
    return 0;
}

void addConnection(const nlmsghdr* header, Table& table)
{
    const std::size_t size = NLMSG_PAYLOAD(header, 0);
    if (size < sizeof(inet_diag_msg))
        return;
    const auto* message = static_cast<const inet_diag_msg*>(NLMSG_DATA(header));
    const auto* attributes = reinterpret_cast<const rtattr*>(message + 1);
    if (const auto microseconds = roundTripIn(attributes, size - sizeof(inet_diag_msg)))
        table[message->idiag_inode] = microseconds;
}

/// False when the kernel refuses or is silent.
bool readAnswer(const UniqueFd& socket, Table& table)
{
    alignas(nlmsghdr) std::array<char, 32768> room{};
    for (;;) {
        const ssize_t received = ::recv(socket.fd(), room.data(), room.size(), 0);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0)
            return false;
        auto left = static_cast<std::size_t>(received);
        for (const auto* header = reinterpret_cast<const nlmsghdr*>(room.data()); NLMSG_OK(header, left);
             header = NLMSG_NEXT(header, left)) {
            if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
                return header->nlmsg_type == NLMSG_DONE;
            addConnection(header, table);
        }
    }
}

/// Bound to the kernel, so that no other program's messages are heard.
bool readTable(Table& table)
{
    const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (!socket || ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) != 0)
        return false;
    (void)::setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    const bool hasIpv4 = ask(socket, AF_INET) && readAnswer(socket, table);
    (void)(ask(socket, AF_INET6) && readAnswer(socket, table)); // a kernel may be without
    return hasIpv4;
}

/// Empty with errno set when it cannot be read.
std::string linkTarget(const std::string& path)
{
    std::array<char, 64> target{};
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    return size < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

std::optional<std::uint64_t> socketInode(std::string_view target)
{
    constexpr std::string_view kBegin = "socket:[";
    if (!target.starts_with(kBegin) || !target.ends_with(']'))
        return std::nullopt;
    return numberOf(target.substr(kBegin.size(), target.size() - kBegin.size() - 1));
}

std::uint64_t medianNanoseconds(std::vector<std::uint32_t>& microseconds)
{
    std::sort(microseconds.begin(), microseconds.end());
    const std::size_t middle = microseconds.size() / 2;
    const std::uint64_t upper = microseconds[middle];
    const std::uint64_t lower = microseconds.size() % 2 == 0 ? microseconds[middle - 1] : upper;
    return (lower + upper) * 500;
}

} // namespace

Reading<std::uint64_t> TcpRoundTrips::medianOf(std::span<const pid_t> pids)
{
    std::vector<std::uint64_t> inodes;
    const std::string ours = linkTarget(m_proc + "/self/ns/net");
    for (const pid_t pid : pids) {
        if (const Needs needs = addSockets(pid, ours, inodes); needs != Needs::Nothing)
            return needs;
    }
    if (inodes.empty())
        return Needs::TcpConnections;
    if (!refresh())
        return Needs::SocketDiagnosis;
    std::vector<std::uint32_t> found;
    for (const auto inode : inodes) {
        if (const auto entry = m_microseconds.find(inode); entry != m_microseconds.end())
            found.push_back(entry->second);
    }
    return found.empty() ? Reading<std::uint64_t>(Needs::TcpConnections)
                         : Reading<std::uint64_t>(medianNanoseconds(found));
}

/// Of a process in our network namespace; those of others are not in the table. One that ended has none.
Needs TcpRoundTrips::addSockets(pid_t pid, const std::string& ours, std::vector<std::uint64_t>& inodes) const
{
    const std::string folder = m_proc + "/" + std::to_string(pid);
    const std::string network = linkTarget(folder + "/ns/net");
    if (network.empty())
        return errno == EACCES ? Needs::SocketRights : Needs::Nothing;
    if (network != ours)
        return Needs::Nothing;
    const FolderReader descriptors(folder + "/fd");
    for (const char* name = descriptors.next(); name != nullptr && inodes.size() < kMostSockets;
         name = descriptors.next()) {
        if (const auto inode = socketInode(linkTarget(folder + "/fd/" + name)))
            inodes.push_back(*inode);
    }
    return Needs::Nothing;
}

bool TcpRoundTrips::refresh()
{
    const auto now = std::chrono::steady_clock::now();
    if (m_readAt != std::chrono::steady_clock::time_point() && now - m_readAt < kTableServes)
        return m_isKnown;
    m_readAt = now;
    m_microseconds.clear();
    m_isKnown = readTable(m_microseconds);
    return m_isKnown;
}

} // namespace twinhull
