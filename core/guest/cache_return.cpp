// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/cache_return.h"

#include "core/base/files.h"
#include "core/guest/guest_figures.h"

#include <algorithm>
#include <sstream>
#include <string_view>

namespace twinhull {

namespace {

constexpr int kLooksInARest = 3;
constexpr std::uint64_t kBusyPerThousand = 20; ///< of one processor, by all: less is the system's own upkeep
constexpr std::uint64_t kBlockBytesAtRest = 1U << 20U; ///< between two looks
constexpr std::uint64_t kWorthBytes = 16U << 20U; ///< less is not worth reading again
constexpr std::uint64_t kWantedPart = 4; ///< so much of what was given: a quarter is read again
constexpr auto kSoon = std::chrono::hours(1); ///< less often than that it costs little
constexpr std::chrono::seconds kLongestRest = std::chrono::hours(24);
constexpr std::size_t kTextLimitBytes = 64U << 10U;

/// Of "KEY:  NUMBER kB" and "KEY NUMBER" alike.
std::optional<std::uint64_t> numberAfter(const std::string& text, std::string_view key)
{
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t number = 0;
        if (words >> name && name == key && words >> number)
            return number;
    }
    return std::nullopt;
}

} // namespace

std::optional<RestLook> restLookFrom(const std::string& stat, const std::string& vmstat, const std::string& meminfo)
{
    const auto busy = readingFrom({ {}, {}, stat, {} }).cpuNanoseconds;
    const auto pagedIn = numberAfter(vmstat, "pgpgin"); // KiB, both
    const auto pagedOut = numberAfter(vmstat, "pgpgout");
    const auto active = numberAfter(meminfo, "Active(file):");
    const auto inactive = numberAfter(meminfo, "Inactive(file):");
    const auto mapped = numberAfter(meminfo, "Mapped:");
    if (!busy || !pagedIn || !pagedOut || !active || !inactive || !mapped)
        return std::nullopt;
    const std::uint64_t files = *active + *inactive;
    return RestLook{ *busy, (*pagedIn + *pagedOut) * 1024, (files - std::min(files, *mapped)) * 1024, *pagedIn * 1024 };
}

std::optional<RestLook> readRestLook()
{
    const auto stat = readFile("/proc/stat", kTextLimitBytes);
    const auto vmstat = readFile("/proc/vmstat", kTextLimitBytes);
    const auto meminfo = readFile("/proc/meminfo", kTextLimitBytes);
    return stat && vmstat && meminfo ? restLookFrom(*stat, *vmstat, *meminfo) : std::nullopt;
}

std::chrono::seconds RestWatch::interval() const
{
    return std::max(m_shortestRest / kLooksInARest, std::chrono::seconds(1));
}

bool RestWatch::hasWorkedSince(const Seen& before, const RestLook& look, std::chrono::nanoseconds now) const
{
    const auto passed = static_cast<std::uint64_t>(std::max<std::int64_t>((now - before.at).count(), 0));
    const bool hasComputed = look.busyNanoseconds - before.look.busyNanoseconds > passed / 1000 * kBusyPerThousand;
    return hasComputed || look.blockBytes - before.look.blockBytes > kBlockBytesAtRest;
}

/// A service that does little may rest by all figures and live on its cache.
void RestWatch::learn(const RestLook& look, std::chrono::nanoseconds now)
{
    if (!m_given || look.readBytes - m_given->readBytes <= m_given->cacheBytes / kWantedPart)
        return;
    if (now - m_given->at < kSoon)
        m_rest = std::min(m_rest * 2, std::max(kLongestRest, m_shortestRest));
    m_given.reset();
}

bool RestWatch::isTimeToGive(const RestLook& look, std::chrono::nanoseconds now)
{
    learn(look, now);
    const bool hasWorked = !m_before || hasWorkedSince(*m_before, look, now);
    m_before = Seen{ look, now };
    if (hasWorked) {
        m_restsSince = now;
        m_hasGiven = false;
        return false;
    }
    if (m_hasGiven || now - m_restsSince < m_rest || look.looseCacheBytes < kWorthBytes)
        return false;
    m_hasGiven = true;
    if (m_given) // nobody wanted it
        m_rest = std::max(m_rest / 2, m_shortestRest);
    m_given = Given{ look.looseCacheBytes, look.readBytes, now };
    return true;
}

void returnPageCache()
{
    const auto file = openPath("/proc/sys/vm/drop_caches", O_WRONLY);
    if (file)
        (void)writeAll(*file, "1"); // without it the cache stays the guest's, as before
}

} // namespace twinhull
