// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_figures.h"

#include "core/base/files.h"

#include <sstream>

#include <unistd.h>

namespace twinhull {

namespace {

std::optional<std::uint64_t> meminfoBytes(const std::string& meminfo, const std::string& key)
{
    std::istringstream lines(meminfo);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t kibibytes = 0;
        if (words >> name && name == key + ":" && words >> kibibytes)
            return kibibytes * 1024;
    }
    return std::nullopt;
}

/// Adds the counters of one line of /proc/net/dev: "eth0: bytes packets errs drop fifo frame compressed multicast
/// bytes …".
void addInterface(const std::string& line, GuestReading& reading)
{
    const auto colon = line.find(':');
    if (colon == std::string::npos)
        return;
    std::istringstream words(line.substr(0, colon) + " " + line.substr(colon + 1));
    std::string name;
    std::uint64_t counters[9];
    words >> name;
    for (std::uint64_t& counter : counters)
        words >> counter;
    if (!words || name == "lo")
        return;
    reading.networkReceivedBytes = reading.networkReceivedBytes.value_or(0) + counters[0];
    reading.networkSentBytes = reading.networkSentBytes.value_or(0) + counters[8];
}

/// Of the first line of /proc/stat: "cpu user nice system idle iowait irq softirq steal guest guest_nice", in ticks.
std::optional<std::uint64_t> busyNanoseconds(const std::string& stat)
{
    std::istringstream words(stat);
    std::string name;
    std::uint64_t user = 0;
    std::uint64_t nice = 0;
    std::uint64_t system = 0;
    std::uint64_t idle = 0;
    std::uint64_t waiting = 0;
    std::uint64_t irq = 0;
    std::uint64_t softirq = 0;
    if (!(words >> name >> user >> nice >> system >> idle >> waiting >> irq >> softirq) || name != "cpu")
        return std::nullopt;
    const auto tick = 1'000'000'000U / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return (user + nice + system + irq + softirq) * tick;
}

} // namespace

GuestReading readingFrom(const std::string& meminfo, const std::string& netDev, const std::string& stat)
{
    GuestReading reading;
    reading.memoryTotalBytes = meminfoBytes(meminfo, "MemTotal");
    reading.memoryAvailableBytes = meminfoBytes(meminfo, "MemAvailable");
    const auto cached = meminfoBytes(meminfo, "Cached");
    const auto buffers = meminfoBytes(meminfo, "Buffers");
    if (cached && buffers)
        reading.memoryCacheBytes = *cached + *buffers;
    std::istringstream lines(netDev);
    for (std::string line; std::getline(lines, line);)
        addInterface(line, reading);
    reading.cpuNanoseconds = busyNanoseconds(stat);
    return reading;
}

GuestReading readGuestFigures()
{
    const auto meminfo = readFile("/proc/meminfo", 64U << 10U);
    const auto netDev = readFile("/proc/net/dev", 64U << 10U);
    const auto stat = readFile("/proc/stat", 64U << 10U);
    const auto orNothing = [](const Result<std::string>& text) { return text ? *text : std::string(); };
    return readingFrom(orNothing(meminfo), orNothing(netDev), orNothing(stat));
}

} // namespace twinhull
