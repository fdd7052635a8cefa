// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/metrics/process_reader.h"
#include "core/workload/workload_id.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace twinhull {

/// What is too dear to be read every second, summed over processes. Bytes.
struct ProcessDetails {
    std::uint64_t pssBytes = 0; ///< Pss of smaps_rollup: pages that several processes share are split among them
    std::uint64_t sharedBytes = 0; ///< Rss - Pss: the part of the pages it uses that is counted to others
    std::uint64_t swappedBytes = 0; ///< SwapPss
    std::uint64_t pageTableBytes = 0; ///< VmPTE of status
    std::optional<std::uint64_t> mergedBytes; ///< pages that KSM merged; absent without KSM in the kernel
    std::uint64_t contextSwitches = 0; ///< see SwitchCounter
    std::int64_t monotonicNanoseconds = 0; ///< when this was read
};

/// Counts how often threads were put on a core: third field of /proc/PID/task/TID/schedstat. Monotone. Threads that
/// began and ended between two readings are missed. At most 4,096 threads are asked in a round.
class SwitchCounter {
public:
    void beginRound();
    void count(const std::string& processFolder, ReadBuffer& buffer);
    void endRound(); ///< forgets the threads that are gone
    std::uint64_t total() const { return m_total; }

private:
    struct Thread {
        std::uint64_t switches = 0;
        unsigned round = 0; ///< in which it was seen last
    };
    std::unordered_map<pid_t, Thread> m_threads;
    std::uint64_t m_total = 0;
    unsigned m_round = 0;
    int m_asked = 0; ///< in this round
};

/// Of all these processes. Those that ended meanwhile are left out; one that may not be asked makes it an error.
/// Costs about 10 ms for a GiB in 4 KiB pages, and waits while a process changes its address space.
Result<ProcessDetails> readDetails(const ProcTree& proc, std::span<const pid_t> pids, SwitchCounter& switches);
/// The first reading: switches count from the beginning of the threads.
Result<ProcessDetails> readDetails(const ProcTree& proc, std::span<const pid_t> pids);

/// Reads the details of many workloads on a thread of its own, one after the other, never all at once: each at most
/// every `interval`, and so slowly that it costs at most half a percent of a core. All functions are for one thread.
class DetailReader {
public:
    explicit DetailReader(ProcTree proc, std::chrono::milliseconds interval = std::chrono::seconds(10));
    ~DetailReader(); ///< a reading that hangs in the kernel is left behind, not waited for
    DetailReader(const DetailReader&) = delete;
    DetailReader& operator=(const DetailReader&) = delete;

    /// Whose details are wanted from now on. One that is new is read soon.
    void want(const WorkloadId& id, std::vector<pid_t> pids);
    void forget(const WorkloadId& id);

    /// The latest reading; nothing before the first one.
    std::optional<Result<ProcessDetails>> latest(const WorkloadId& id) const;

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
};

} // namespace twinhull
