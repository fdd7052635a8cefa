// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/metrics/metric_source.h"
#include "core/metrics/process_reader.h"
#include "core/metrics/reading.h"
#include "core/metrics/tcp_round_trips.h"
#include "core/workload/workload_id.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace twinhull {

/// Whose a process is, among those of a workload.
struct ProcessRoles {
    pid_t qemu = 0; ///< of a VM
    std::vector<pid_t> helpers; ///< programs beside it
};

/// What is too dear to be read every second, summed over processes. Bytes.
struct ProcessDetails {
    std::uint64_t pssBytes = 0; ///< Pss of smaps_rollup: pages that several processes share are split among them
    std::optional<std::uint64_t>
        ramBytes; ///< of that: the memory blocks of a VM's machine; absent without marks on them
    std::optional<std::uint64_t> qemuOwnBytes; ///< of that: the rest of QEMU's process
    std::uint64_t helperBytes = 0; ///< of that: its helpers'
    std::optional<std::uint64_t> anonymousBytes; ///< of that: Pss_Anon, without helpers
    std::uint64_t sharedBytes = 0; ///< Rss - Pss: the part of the pages it uses that is counted to others
    std::uint64_t swappedBytes = 0; ///< SwapPss
    std::uint64_t pageTableBytes = 0; ///< VmPTE of status
    std::optional<std::uint64_t> mergedBytes; ///< pages that KSM merged; absent without KSM in the kernel
    std::uint64_t contextSwitches = 0; ///< see ThreadCounter
    Reading<std::uint64_t> blockedNanoseconds; ///< see ThreadCounter
    Reading<std::uint64_t> roundTripNanoseconds; ///< see TcpRoundTrips
    std::int64_t monotonicNanoseconds = 0; ///< when this was read
};

/// Counts what only threads tell, from /proc/PID/task/TID. Monotone. Threads that began and ended between two readings
/// are missed. At most 4,096 threads are asked in a round.
class ThreadCounter {
public:
    void beginRound(const ProcTree& proc, ReadBuffer& buffer);
    void count(const std::string& processFolder, ReadBuffer& buffer);
    void endRound(); ///< forgets the threads that are gone

    /// Times they were put on a core: third field of schedstat.
    std::uint64_t switches() const { return m_total.switches; }
    /// They waited for a disk: field 42 of stat, while kernel.task_delayacct is 1. The kernel counts for threads that
    /// began meanwhile and says 0 of others, so a sum of 0 is no value.
    Reading<std::uint64_t> blockedNanoseconds() const;

private:
    struct Counts {
        std::uint64_t switches = 0;
        std::uint64_t blockedTicks = 0;
    };
    struct Thread {
        Counts counts;
        unsigned round = 0; ///< in which it was seen last
    };
    std::unordered_map<pid_t, Thread> m_threads;
    Counts m_total;
    unsigned m_round = 0;
    int m_asked = 0; ///< in this round
    bool m_isDelayCounted = false;
};

/// Of all these processes. Those that ended meanwhile are left out; one that may not be asked makes it an error.
/// Costs about 10 ms for a GiB in 4 KiB pages, and waits while a process changes its address space.
Result<ProcessDetails> readDetails(const ProcTree& proc, std::span<const pid_t> pids, const ProcessRoles& roles,
    ThreadCounter& threads, TcpRoundTrips& connections);
/// The first reading: counters count from the beginning of the threads.
Result<ProcessDetails> readDetails(const ProcTree& proc, std::span<const pid_t> pids, const ProcessRoles& roles = {});
/// What smaps_rollup tells of them, and nothing else.
Result<ProcessDetails> readMemory(const ProcTree& proc, std::span<const pid_t> pids);

/// Reads the details of many workloads on a thread of its own, one after the other, never all at once: each at most
/// every `interval`, what rests less and less often (a twelfth at last), and so slowly that it costs at most a tenth of
/// a percent of a core once all were read: a hundred busy containers come round in about twenty seconds. All functions
/// are for one thread.
class DetailReader {
public:
    /// What is cheap to read and tells whether a workload rests: its memory stays as it is, and it uses hardly any CPU
    /// time.
    struct Activity {
        std::uint64_t residentBytes = 0;
        std::uint64_t cpuNanoseconds = 0;
    };

    enum class Extent { Everything, Memory };

    explicit DetailReader(ProcTree proc, std::chrono::milliseconds interval = std::chrono::seconds(10),
        Extent extent = Extent::Everything);
    ~DetailReader(); ///< a reading that hangs in the kernel is left behind, not waited for
    DetailReader(const DetailReader&) = delete;
    DetailReader& operator=(const DetailReader&) = delete;

    /// Whose details are wanted from now on. One that is new is read soon; without its activity it is taken to be busy.
    void want(const WorkloadId& id, std::vector<pid_t> pids, std::optional<Activity> activity = std::nullopt,
        ProcessRoles roles = {});
    void forget(const WorkloadId& id);
    /// While nobody looks a quarter of the time is spent.
    void setAttention(Attention attention);

    /// The latest reading; nothing before the first one.
    std::optional<Result<ProcessDetails>> latest(const WorkloadId& id) const;

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
};

} // namespace twinhull
