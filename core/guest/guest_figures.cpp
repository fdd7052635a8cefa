// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_figures.h"

#include "core/base/files.h"

#include <sstream>

#include <sys/statvfs.h>
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
/// bytes packets …".
void addInterface(const std::string& line, GuestReading& reading)
{
    const auto colon = line.find(':');
    if (colon == std::string::npos)
        return;
    std::istringstream words(line.substr(0, colon) + " " + line.substr(colon + 1));
    std::string name;
    std::uint64_t counters[10];
    words >> name;
    for (std::uint64_t& counter : counters)
        words >> counter;
    if (!words || name == "lo")
        return;
    reading.networkReceivedBytes = reading.networkReceivedBytes.value_or(0) + counters[0];
    reading.networkSentBytes = reading.networkSentBytes.value_or(0) + counters[8];
    reading.networkReceivedPackets = reading.networkReceivedPackets.value_or(0) + counters[1];
    reading.networkSentPackets = reading.networkSentPackets.value_or(0) + counters[9];
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

/// "0.20 0.18 0.12 1/80 11206": tasks, with two digits behind the point (proc(5)).
std::optional<std::uint64_t> loadThousandths(const std::string& loadavg)
{
    std::istringstream words(loadavg);
    std::uint64_t tasks = 0;
    std::uint64_t hundredths = 0;
    char point = 0;
    if (!(words >> tasks >> point >> hundredths) || point != '.' || hundredths > 99)
        return std::nullopt;
    return tasks * 1000 + hundredths * 10;
}

/// Of the overlay that is the root, which tells of the file system of its writable layer.
void addRoot(GuestReading& reading)
{
    struct statvfs root { };
    if (::statvfs("/", &root) != 0 || root.f_bfree > root.f_blocks)
        return;
    reading.rootSizeBytes = std::uint64_t{ root.f_blocks } * root.f_frsize;
    reading.rootUsedBytes = std::uint64_t{ root.f_blocks - root.f_bfree } * root.f_frsize;
}

} // namespace

GuestReading readingFrom(const GuestTexts& texts)
{
    GuestReading reading;
    reading.memoryTotalBytes = meminfoBytes(texts.meminfo, "MemTotal");
    reading.memoryAvailableBytes = meminfoBytes(texts.meminfo, "MemAvailable");
    const auto cached = meminfoBytes(texts.meminfo, "Cached");
    const auto buffers = meminfoBytes(texts.meminfo, "Buffers");
    if (cached && buffers)
        reading.memoryCacheBytes = *cached + *buffers;
    const auto swap = meminfoBytes(texts.meminfo, "SwapTotal");
    const auto freeSwap = meminfoBytes(texts.meminfo, "SwapFree");
    if (swap && freeSwap && *swap >= *freeSwap)
        reading.swapUsedBytes = *swap - *freeSwap;
    std::istringstream lines(texts.netDev);
    for (std::string line; std::getline(lines, line);)
        addInterface(line, reading);
    reading.cpuNanoseconds = busyNanoseconds(texts.stat);
    reading.loadThousandths = loadThousandths(texts.loadavg);
    return reading;
}

GuestReading readGuestFigures()
{
    const auto textOf = [](const char* path) {
        auto text = readFile(path, 64U << 10U);
        return text ? *std::move(text) : std::string();
    };
    GuestReading reading = readingFrom(
        { textOf("/proc/meminfo"), textOf("/proc/net/dev"), textOf("/proc/stat"), textOf("/proc/loadavg") });
    addRoot(reading);
    return reading;
}

} // namespace twinhull
