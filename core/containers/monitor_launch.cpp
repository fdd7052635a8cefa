// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/monitor_launch.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kStartDeadline = 90s; // above the sum of the monitor's own
constexpr std::chrono::milliseconds kRestoreDeadline = 11min; // the same

struct ReportPipe {
    UniqueFd readEnd;
    UniqueFd writeEnd;
};

Result<ReportPipe> makeReportPipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    return ReportPipe{ UniqueFd(ends[0]), UniqueFd(ends[1]) };
}

/// The monitor's first process ends at once: the one that stays is its child.
void reapStarter(pid_t pid)
{
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) { }
}

Result<std::string> readReport(const UniqueFd& pipe, std::chrono::milliseconds deadline)
{
    const auto end = std::chrono::steady_clock::now() + deadline;
    std::string text;
    while (text.size() <= kMonitorReplyLimitBytes) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        pollfd poll{ pipe.fd(), POLLIN, 0 };
        const int ready = ::poll(&poll, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
        if (ready == 0)
            return Error{ ErrorCode::Timeout, "its monitor did not report", 0, "Try again" };
        char buffer[4096];
        const ssize_t count = ::read(pipe.fd(), buffer, sizeof buffer);
        if (count == 0)
            return text;
        if (count > 0)
            text.append(buffer, static_cast<std::size_t>(count));
        else if (errno != EINTR)
            return Error::fromErrno(errno, "read the monitor's report");
    }
    return Error{ ErrorCode::Corrupt, "its monitor's report is too long", 0, {} };
}

/// slirp4netns forwards IPv4 only; for a container in networks network-keeper does the rest.
bool needsPasta(const ContainerSettings& settings)
{
    return settings.networks.empty() && std::any_of(settings.ports.begin(), settings.ports.end(), isOnIpv6);
}

} // namespace

ContainerPrograms ContainerPrograms::find()
{
    ContainerPrograms programs{ findProgram("hull"), findProgram("hull-monitor"), findExecutable("slirp4netns"),
        findProgram("network-keeper") };
    programs.pasta = findExecutable("pasta");
    if (programs.networkHelper.empty())
        programs.networkHelper = programs.pasta;
    return programs;
}

Result<> checkPrograms(const ContainerSettings& settings, const ContainerPrograms& programs)
{
    if (!settings.networks.empty() && programs.networkKeeper.empty())
        return Error{ ErrorCode::Unavailable, "the program network-keeper is missing", ENOENT,
            "Install Twinhull again, or set TWINHULL_LIBEXEC to the folder it is in" };
    if (settings.hasNetwork && !settings.hasHostNetwork && programs.networkHelper.empty())
        return Error{ ErrorCode::Unavailable, "neither slirp4netns nor pasta is installed", ENOENT,
            "Install the package slirp4netns, or turn the container's network off" };
    if (needsPasta(settings) && programs.pasta.empty())
        return Error{ ErrorCode::Unavailable,
            "slirp4netns publishes ports on IPv4 addresses only, and pasta is not installed", ENOENT,
            "Install the package passt, or publish the port on an IPv4 address" };
    return {};
}

MonitorArguments monitorArguments(const DataFolders& folders, const ContainerFolder& folder,
    const ContainerSettings& settings, const ContainerPrograms& programs, MonitorTask task, const StartMoments& moments)
{
    MonitorArguments arguments;
    arguments.task = task;
    arguments.id = folder.id();
    arguments.containerFolder = folder.path();
    arguments.runtimeFolder = folder.runtimePath();
    arguments.hullPath = programs.hull;
    arguments.networkHelper = !settings.hasNetwork ? std::string()
        : needsPasta(settings)                     ? programs.pasta
                                                   : programs.networkHelper;
    arguments.network = !settings.hasNetwork || settings.hasHostNetwork ? NetworkMode::None
        : settings.networks.empty()                                     ? NetworkMode::User
                                                                        : NetworkMode::Own;
    if (arguments.network == NetworkMode::Own) {
        arguments.keeperPath = programs.networkKeeper;
        arguments.keeperFolder = folders.runtime + "/networks";
        arguments.networksFolder = folders.networks();
    }
    arguments.eventsFolder = folders.events();
    arguments.ports = settings.ports;
    arguments.stdio = settings.hasTerminal ? ContainerStdio::Terminal
        : settings.hasInput                ? ContainerStdio::Input
                                           : ContainerStdio::Streams;
    arguments.stopSignal = settings.stopSignal;
    arguments.logLimitBytes = settings.upkeep.log.maxBytes;
    arguments.logFiles = settings.upkeep.log.maxFiles;
    arguments.requestNanoseconds = moments.request;
    arguments.unpackNanoseconds = moments.unpack;
    return arguments;
}

Result<MonitorStatus> launchMonitor(
    const ContainerPrograms& programs, const MonitorArguments& arguments, const std::vector<unsigned>& cpus)
{
    auto pipe = makeReportPipe();
    if (!pipe)
        return std::move(pipe).error();
    Command command{ { programs.monitor }, {}, {}, cpus };
    const auto words = encodeMonitorArguments(arguments);
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    auto child = spawn(command, ChildStdio{ -1, pipe->writeEnd.fd(), -1 });
    if (!child)
        return std::move(child).error();
    pipe->writeEnd.reset();
    auto report = readReport(pipe->readEnd, arguments.task == MonitorTask::Restore ? kRestoreDeadline : kStartDeadline);
    reapStarter(child->pid);
    if (!report)
        return std::move(report).error();
    if (report->empty())
        return Error{ ErrorCode::Unavailable, "its monitor ended without a word", 0, "Try again" };
    return decodeMonitorReply(*report);
}

} // namespace twinhull
