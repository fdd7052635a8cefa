// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/qemu_process.h"

#include "core/base/clock.h"
#include "core/base/files.h"

#include <QDir>

#include <unistd.h>

#include <ctime>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::size_t kCommandLineLimit = 1U << 20U;

std::int64_t boottimeNanoseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::int64_t{ now.tv_sec } * 1'000'000'000 + now.tv_nsec;
}

} // namespace

bool isQemuOf(const std::string& commandLine, const QString& uuid)
{
    const std::string argument = std::string("\0-uuid\0", 7) + uuid.toStdString() + '\0';
    return commandLine.find("qemu") < commandLine.find('\0') && commandLine.find(argument) != std::string::npos;
}

std::optional<pid_t> findQemu(const QString& uuid)
{
    const QStringList entries = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& entry : entries) {
        bool isPid = false;
        const pid_t pid = entry.toInt(&isPid);
        if (!isPid)
            continue;
        const auto commandLine = readFile("/proc/" + entry.toStdString() + "/cmdline", kCommandLineLimit);
        if (commandLine && isQemuOf(*commandLine, uuid))
            return pid;
    }
    return std::nullopt;
}

std::optional<std::int64_t> processStartNanoseconds(pid_t pid)
{
    const auto stat = readFile("/proc/" + std::to_string(pid) + "/stat", 4096);
    const auto nameEnd = stat ? stat->rfind(')') : std::string::npos;
    if (nameEnd == std::string::npos)
        return std::nullopt;
    std::istringstream words(stat->substr(nameEnd + 1));
    std::string skipped;
    for (int field = 3; field < 22; ++field) // proc(5): starttime is field 22
        words >> skipped;
    std::int64_t ticks = 0;
    if (!(words >> ticks))
        return std::nullopt;
    const std::int64_t sinceBoot = ticks * (1'000'000'000 / ::sysconf(_SC_CLK_TCK));
    return monotonicNanoseconds() - (boottimeNanoseconds() - sinceBoot); // they differ by the time slept
}

} // namespace twinhull
