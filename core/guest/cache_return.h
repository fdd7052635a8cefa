// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace twinhull {

/// Counters of this system since its start, and what its page cache could give back.
struct RestLook {
    std::uint64_t busyNanoseconds = 0; ///< of all processors
    std::uint64_t blockBytes = 0; ///< read from disks and written to them
    std::uint64_t looseCacheBytes = 0; ///< of files that no process has mapped; some of it may wait to be written
    std::uint64_t readBytes = 0; ///< from disks

    friend bool operator==(const RestLook&, const RestLook&) = default;
};

/// Of the text of /proc/stat, /proc/vmstat and /proc/meminfo (proc(5)); nothing where one of the figures is missing.
std::optional<RestLook> restLookFrom(const std::string& stat, const std::string& vmstat, const std::string& meminfo);
std::optional<RestLook> readRestLook(); ///< of this system

/// Knows from looks at a system when it has rested long enough to give its page cache back: at most once in a spell of
/// rest, and never while it works. Where what was given back is soon read from the disk again it waits twice as long
/// the next time; where it is not, half as long, down to what was asked for.
class RestWatch {
public:
    explicit RestWatch(std::chrono::seconds rest) : m_shortestRest(rest), m_rest(rest) { }

    /// Between two looks.
    std::chrono::seconds interval() const;
    /// `now` as of a clock that goes on.
    bool isTimeToGive(const RestLook& look, std::chrono::nanoseconds now);

private:
    struct Seen {
        RestLook look;
        std::chrono::nanoseconds at{};
    };

    struct Given {
        std::uint64_t cacheBytes = 0;
        std::uint64_t readBytes = 0; ///< until then
        std::chrono::nanoseconds at{};
    };

    void learn(const RestLook& look, std::chrono::nanoseconds now);
    bool hasWorkedSince(const Seen& before, const RestLook& look, std::chrono::nanoseconds now) const;

    std::chrono::seconds m_shortestRest;
    std::chrono::seconds m_rest;
    std::optional<Given> m_given; ///< the last time, until it is read again
    std::optional<Seen> m_before;
    std::chrono::nanoseconds m_restsSince{};
    bool m_hasGiven = false; ///< in this spell
};

/// Drops what is clean and mapped nowhere (proc_sys_vm(5): drop_caches); nothing is written, nothing that a program
/// holds goes. Nothing happens where the kernel refuses.
void returnPageCache();

} // namespace twinhull
