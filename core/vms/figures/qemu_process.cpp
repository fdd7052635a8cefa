// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/qemu_process.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/ipc/relay_words.h"
#include "core/vms/link/session_daemon.h"

#include <QDir>

#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <functional>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::size_t kCommandLineLimit = 1U << 20U;
constexpr int kShortNameLength = 20; // VIR_DOMAIN_SHORT_NAME_MAX of libvirt's conf/domain_conf.h

std::int64_t inNanoseconds(const timespec& time)
{
    return std::int64_t{ time.tv_sec } * 1'000'000'000 + time.tv_nsec;
}

std::int64_t clockNanoseconds(clockid_t clock)
{
    timespec now{};
    ::clock_gettime(clock, &now);
    return inNanoseconds(now);
}

std::optional<pid_t> pidIn(const UniqueFd& file)
{
    const auto text = readAll(file, 64);
    const pid_t pid = text ? QString::fromStdString(*text).trimmed().toInt() : 0;
    return pid > 1 ? std::optional(pid) : std::nullopt;
}

std::optional<pid_t> pidIn(const QString& path)
{
    const auto file = openPath(path.toStdString(), O_RDONLY);
    return file ? pidIn(*file) : std::nullopt;
}

std::optional<pid_t> findProcess(const std::function<bool(const std::string& commandLine)>& isIt)
{
    const QStringList entries = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& entry : entries) {
        bool isPid = false;
        const pid_t pid = entry.toInt(&isPid);
        if (!isPid)
            continue;
        const auto commandLine = readFile("/proc/" + entry.toStdString() + "/cmdline", kCommandLineLimit);
        if (commandLine && isIt(*commandLine))
            return pid;
    }
    return std::nullopt;
}

} // namespace

bool isQemuOf(const std::string& commandLine, const QString& uuid)
{
    const std::string argument = std::string("\0-uuid\0", 7) + uuid.toStdString() + '\0';
    return commandLine.find("qemu") < commandLine.find('\0') && commandLine.find(argument) != std::string::npos;
}

std::optional<pid_t> findQemu(const QString& uuid)
{
    return findProcess([&uuid](const std::string& commandLine) { return isQemuOf(commandLine, uuid); });
}

bool isPortRelayOf(const std::string& commandLine, const QString& uuid, pid_t qemu)
{
    const auto programEnd = std::min(commandLine.find('\0'), commandLine.size());
    const std::string program = commandLine.substr(0, programEnd);
    const std::string of = qemu > 0 ? std::to_string(qemu) + '\0' : std::string();
    return program.substr(program.rfind('/') + 1) == kRelayProgram // npos + 1 is 0
        && commandLine.substr(programEnd)
               .starts_with(std::string(1, '\0') + kRelayVmOption + '\0' + uuid.toStdString() + '\0' + kRelayQemuOption
                   + '\0' + of);
}

std::optional<pid_t> findPortRelay(const QString& uuid, pid_t qemu)
{
    return findProcess([&](const std::string& commandLine) { return isPortRelayOf(commandLine, uuid, qemu); });
}

bool isHalted(pid_t pid)
{
    const auto stat = readFile("/proc/" + std::to_string(pid) + "/stat", 4096);
    const auto state = stat ? stat->rfind(')') + 2 : std::string::npos; // proc(5): "PID (NAME) STATE", any NAME
    return state < (stat ? stat->size() : 0) && ((*stat)[state] == 'T' || (*stat)[state] == 't');
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
    return monotonicNanoseconds() - (clockNanoseconds(CLOCK_BOOTTIME) - sinceBoot); // they differ by the time slept
}

std::optional<std::int64_t> pidFileNanoseconds(pid_t pid, const QString& domainName, const QStringList& folders)
{
    for (const QString& folder : folders) {
        const auto file = openPath((folder + u'/' + domainName + QStringLiteral(".pid")).toStdString(), O_RDONLY);
        struct stat info { };
        if (!file || pidIn(*file) != pid || ::fstat(file->fd(), &info) != 0)
            continue;
        return monotonicNanoseconds() - (clockNanoseconds(CLOCK_REALTIME) - inNanoseconds(info.st_mtim));
    }
    return std::nullopt;
}

std::vector<pid_t> helpersOf(pid_t qemu, int domainId, const QString& domainName, const QStringList& folders)
{
    const QString begin = QString::number(domainId) + u'-' + domainName.left(kShortNameLength);
    std::vector<pid_t> helpers;
    for (const QString& folder : folders) {
        if (pidIn(folder + u'/' + domainName + QStringLiteral(".pid")) != qemu)
            continue;
        for (const char* place : { ".", "passt", "slirp", "swtpm", "dbus" }) {
            const QDir files(folder + u'/' + QLatin1String(place));
            for (const QString& name : files.entryList({ QStringLiteral("*.pid") }, QDir::Files)) {
                const auto pid = name.startsWith(begin) ? pidIn(files.filePath(name)) : std::nullopt;
                if (pid && exists("/proc/" + std::to_string(*pid)))
                    helpers.push_back(*pid);
            }
        }
    }
    return helpers;
}

QStringList pidFileFolders()
{
    return { userRuntimeFolder() + QStringLiteral("/qemu/run"), QStringLiteral("/run/libvirt/qemu") };
}

} // namespace twinhull
