// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sys/types.h>

namespace twinhull {

/// Readers of the kernel's text files. They take what the file held and answer nothing when it is not what proc(5) or
/// the kernel's cgroup-v2 document says.

/// /proc/PID/stat. Ticks are 1/sysconf(_SC_CLK_TCK) s.
struct ProcessStat {
    pid_t parent = 0;
    std::uint64_t ownTicks = 0; ///< user + system of all its threads, ended ones too
    std::uint64_t reapedTicks = 0; ///< the same of the children it has waited for, and theirs
    std::uint32_t threads = 0;
};
std::optional<ProcessStat> parseProcessStat(std::string_view text);

/// Field 42 of /proc/PID/task/TID/stat: ticks in which that thread waited for a disk. 0 without delay accounting too.
std::optional<std::uint64_t> parseBlockedTicks(std::string_view text);

/// /proc/PID/statm, in pages.
struct ProcessPages {
    std::uint64_t anonymous = 0; ///< resident - shared
    std::uint64_t shared = 0; ///< file pages and shared memory
};
std::optional<ProcessPages> parseStatm(std::string_view text);

/// Bytes of the line "NAME:  N kB" (/proc/PID/status, smaps_rollup, meminfo).
std::optional<std::uint64_t> kilobyteLine(std::string_view text, std::string_view name);

/// /proc/PID/io: bytes that reached the block layer.
struct DiskBytes {
    std::uint64_t read = 0;
    std::uint64_t written = 0;
};
std::optional<DiskBytes> parseProcessIo(std::string_view text);

/// Value of the line "NAME N" (cpu.stat, memory.stat).
std::optional<std::uint64_t> flatKey(std::string_view text, std::string_view name);

/// /proc/PID/net/dev, all interfaces but lo.
struct NetworkBytes {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    std::uint64_t receivedPackets = 0;
    std::uint64_t sentPackets = 0;
};
std::optional<NetworkBytes> parseNetDev(std::string_view text);

/// First line of /proc/stat, in ticks of all cores.
struct HostTicks {
    std::uint64_t busy = 0;
    std::uint64_t total = 0;
};
std::optional<HostTicks> parseHostStat(std::string_view text);

/// avg10 of the line "some" of /proc/pressure/cpu, percent.
std::optional<double> parsePressure(std::string_view text);

/// Takes the next word off the front of the text; empty at its end.
std::string_view nextWord(std::string_view& text);
/// Takes the next line off the front of the text, without its end.
std::string_view nextLine(std::string_view& text);
/// The whole word as a number.
std::optional<std::uint64_t> numberOf(std::string_view word);

} // namespace twinhull
