// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/kept_file.h"
#include "core/metrics/reading.h"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// What a cgroup v2 folder says of all processes in it and below.
struct CgroupReading {
    std::optional<std::uint64_t> cpuNanoseconds; ///< cpu.stat usage_usec; there without any controller
    Reading<std::uint64_t> chargeBytes; ///< memory.current - inactive_file: page cache that is free for the taking
    Reading<std::uint64_t> usedBytes; ///< memory.current without file pages and reclaimable slab: cannot be dropped
    Reading<std::uint64_t> cacheBytes; ///< file of memory.stat
    Reading<std::uint64_t> kernelBytes; ///< kernel of memory.stat
    Reading<std::uint64_t> swapBytes; ///< memory.swap.current; read with memory.stat
    Reading<std::uint64_t> throttledNanoseconds; ///< cpu.stat throttled_usec
    Reading<std::uint64_t>
        cpuPressureNanoseconds; ///< "some" total of cpu.pressure; every few readings, as the next two
    Reading<std::uint64_t> memoryPressureNanoseconds;
    Reading<std::uint64_t> ioPressureNanoseconds;
    Reading<std::uint64_t> cpuFullNanoseconds; ///< the same of the lines "full"
    Reading<std::uint64_t> memoryFullNanoseconds;
    Reading<std::uint64_t> ioFullNanoseconds;
    Reading<std::uint64_t> oomKills; ///< processes that the kernel ended for want of memory; memory.events
    bool hasIoController = false; ///< else the next two are for the processes to tell; requests nobody counts then
    Reading<std::uint64_t> diskReadBytes; ///< io.stat, lowest devices only
    Reading<std::uint64_t> diskWrittenBytes;
    Reading<std::uint64_t> diskReads; ///< requests: rios and wios
    Reading<std::uint64_t> diskWrites;
};

/// A cgroup v2 folder by kept descriptors (Documentation/admin-guide/cgroup-v2.rst).
class CgroupReader {
public:
    /// `sysRoot` holds dev/block, where devices that stand on others (dm, md) are told from those at the bottom.
    static Result<CgroupReader> open(const std::string& path, std::string sysRoot = "/sys");

    /// False when the folder was removed.
    bool refresh(ReadBuffer& buffer);
    const CgroupReading& reading() const { return m_reading; }
    /// Its CPU time now, without a refresh.
    std::optional<std::uint64_t> cpuNanosecondsNow(ReadBuffer& buffer) const;

    /// Whether a process is in it or below; as of the latest refresh.
    bool isPopulated() const { return m_isPopulated; }
    /// Whether another set of processes is in the folder itself than when this was last asked; those below are not
    /// told. A file read: a tenth of what pids() costs.
    bool areMembersChanged(ReadBuffer& buffer);
    /// All processes in it and below; opens and closes.
    std::vector<pid_t> pids(ReadBuffer& buffer) const;

private:
    CgroupReader(std::string path, std::string sysRoot, KeptFile cpuStat);

    void readMemory(ReadBuffer& buffer);
    void readMemoryStat(ReadBuffer& buffer);
    void readOomKills(ReadBuffer& buffer);
    void readDisk(ReadBuffer& buffer);
    void readPressure(ReadBuffer& buffer);
    bool isPressureDue();
    bool isBottomDevice(std::string_view numbers);

    std::string m_path;
    std::string m_sysRoot;
    KeptFile m_cpuStat;
    std::optional<KeptFile> m_memoryCurrent;
    std::optional<KeptFile> m_memoryStat;
    std::optional<KeptFile> m_swapCurrent;
    std::optional<KeptFile> m_memoryEvents;
    std::optional<KeptFile> m_ioStat;
    std::optional<KeptFile> m_cpuPressure;
    std::optional<KeptFile> m_memoryPressure;
    std::optional<KeptFile> m_ioPressure;
    std::optional<KeptFile> m_events;
    std::optional<KeptFile> m_procs;
    std::set<std::string, std::less<>> m_bottomDevices;
    std::set<std::string, std::less<>> m_stackedDevices;
    CgroupReading m_reading;
    std::optional<std::uint64_t> m_inactiveFileBytes;
    std::optional<std::uint64_t> m_reclaimableBytes; ///< file pages and slab that the kernel can take back
    std::optional<std::uint64_t> m_fileBytes;
    unsigned m_round = 0;
    unsigned m_pressureRound; ///< each has a phase of its own: all at once would be a long tick
    unsigned m_pressuresSpared = 0;
    bool m_isPressureRead = false;
    bool m_isPressureGrowing = false; ///< in the latest reading
    std::array<std::optional<std::uint64_t>, 3> m_latestPressure; ///< microseconds: cpu, memory, io
    std::optional<std::uint64_t> m_cpuAtPressure; ///< CPU time when that was
    bool m_isPopulated = true;
    std::size_t m_members = 0; ///< hash of cgroup.procs
};

/// Mount point of the cgroup v2 tree that holds `path`; empty when it lies in none.
std::string cgroupMountOf(const std::string& path);

/// Whether /proc/PID/cgroup, held in `text`, names this cgroup or one below. `path` is relative to the mount point:
/// "/user.slice/x.scope".
bool isInCgroup(std::string_view text, std::string_view path);

} // namespace twinhull
