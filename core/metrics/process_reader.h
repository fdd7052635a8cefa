// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/kept_file.h"

#include <cstdint>
#include <ctime>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// Where the kernel tells its figures. Other roots are for trees of plain files, as tests make them.
struct ProcTree {
    std::string root = "/proc";
    bool isLive = true; ///< the pids are this kernel's: their CPU clocks (clock_getcpuclockid(3)) may be asked
};

/// Figures of one process. Counters since its start.
struct ProcessReading {
    pid_t parent = 0;
    std::uint64_t ownCpuNanoseconds = 0; ///< all threads, ended ones too
    std::uint64_t reapedCpuNanoseconds = 0; ///< children that it waited for; to the clock tick (10 ms)
    std::uint64_t memoryBytes = 0; ///< RssAnon + RssShmem; 0 for a zombie
    std::optional<std::uint64_t> diskReadBytes; ///< absent without permission
    std::optional<std::uint64_t> diskWrittenBytes;
};

/// One process by kept descriptors. Reads nothing while the process sleeps: when its CPU clock stands still, nothing of
/// it can have changed but what the kernel takes away (reclaim); while it only looks at the time now and then, hardly
/// anything has. Ask for everything now and then.
class ProcessReader {
public:
    /// Whether its disk figures have those of children that it waited for. The kernel keeps them apart for a process of
    /// one thread only; one with more has them always.
    enum class Disk { WithReaped, OwnOnly };
    static Result<ProcessReader> open(const ProcTree& proc, pid_t pid, Disk disk = Disk::WithReaped);

    enum class Depth {
        WhatMoved, ///< only its CPU time, until it has used a millisecond since the latest full reading
        WhatChanged,
        Everything,
    };
    enum class State { Asleep, Stirred, Read, Gone };
    /// Stirred: it used so little that its CPU time alone was read.
    State refresh(Depth depth, ReadBuffer& buffer);

    /// Of all its threads, now, without reading anything else; nothing where it ended, or has no clock.
    std::optional<std::uint64_t> clockNanoseconds() const;

    pid_t pid() const { return m_pid; }
    const ProcessReading& reading() const { return m_reading; } ///< of the latest refresh that was not Gone

    /// Appends the children of its main thread; with Everything, of all its threads.
    /// False when this kernel cannot tell (CONFIG_PROC_CHILDREN).
    bool appendChildren(Depth depth, ReadBuffer& buffer, std::vector<pid_t>& children) const;

private:
    ProcessReader(const ProcTree& proc, pid_t pid, Disk disk, KeptFile stat, KeptFile statm);

    bool readStat(std::optional<std::uint64_t> clock, ReadBuffer& buffer);
    void readMemory(ReadBuffer& buffer);
    void readDisk(ReadBuffer& buffer);
    std::string path(const std::string& name) const;

    std::string m_folder;
    pid_t m_pid;
    Disk m_disk;
    KeptFile m_stat;
    KeptFile m_statm;
    std::optional<KeptFile> m_io;
    std::optional<KeptFile> m_children;
    std::optional<clockid_t> m_clock;
    ProcessReading m_reading;
    std::uint64_t m_fullyReadAt = 0; ///< its own CPU time then
    std::uint64_t m_sharedPages = ~std::uint64_t{ 0 };
    std::uint64_t m_sharedMemoryBytes = 0; ///< RssShmem when m_sharedPages was read
    std::uint32_t m_threads = 1;
};

} // namespace twinhull
