// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/process_reader.h"
#include "core/metrics/reading.h"

#include <chrono>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace twinhull {

/// How far the other ends of TCP connections are, as this computer's kernel measures it all the time: the smoothed
/// round trip (tcpi_rtt) of the established connections in this program's network namespace, asked for by sock_diag(7).
/// Any user may ask for all of them; whose they are is told by /proc/PID/fd. One for a thread.
class TcpRoundTrips {
public:
    explicit TcpRoundTrips(const ProcTree& proc) : m_proc(proc.root) { }

    /// Nanoseconds: the median over the connections that these processes hold in our network namespace. A container's
    /// own ends are in another; those of its network's helper, of QEMU and of passt are here.
    Reading<std::uint64_t> medianOf(std::span<const pid_t> pids);

private:
    Needs addSockets(pid_t pid, const std::string& ours, std::vector<std::uint64_t>& inodes) const;
    bool refresh();

    std::string m_proc;
    std::unordered_map<std::uint64_t, std::uint32_t> m_microseconds; ///< by the inode of the socket
    std::chrono::steady_clock::time_point m_readAt; ///< of the table: one serves all workloads of a few seconds
    bool m_isKnown = false;
};

} // namespace twinhull
