// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/inside_processes.h"

#include "core/base/files.h"
#include "core/metrics/cgroup_reader.h"
#include "core/metrics/proc_text.h"
#include "core/metrics/process_tree.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace twinhull {

namespace {

constexpr std::size_t kStatusLimitBytes = 64U << 10U;
constexpr std::size_t kCommandShownBytes = 4096;
constexpr double kSameStartSeconds = 2; // ages are read at different moments
constexpr int kFieldsBeforeStart = 19; // fields 3 to 21 of /proc/PID/stat stand between the name and the start

std::string procFile(pid_t pid, const char* name)
{
    return "/proc/" + std::to_string(pid) + "/" + name;
}

/// What stands behind "NAME:" of /proc/PID/status, without blanks at its begin.
std::string_view statusLine(std::string_view status, std::string_view name)
{
    for (std::string_view line = nextLine(status); !line.empty() || !status.empty(); line = nextLine(status)) {
        if (line.starts_with(name) && line.substr(name.size()).starts_with(":"))
            return line.substr(std::min(line.find_first_not_of(" \t", name.size() + 1), line.size()));
    }
    return {};
}

std::string_view lastWord(std::string_view text)
{
    std::string_view last;
    for (auto word = nextWord(text); !word.empty(); word = nextWord(text))
        last = word;
    return last;
}

/// uid_map is told in the numbers of who reads it: lines INSIDE OUTSIDE COUNT.
std::uint32_t insideUserOf(pid_t pid, std::uint64_t outside)
{
    const auto text = readFile(procFile(pid, "uid_map"), kStatusLimitBytes);
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        std::string_view line = nextLine(rest);
        const auto inside = numberOf(nextWord(line));
        const auto begin = numberOf(nextWord(line));
        const auto count = numberOf(nextWord(line));
        if (inside && begin && count && outside >= *begin && outside - *begin < *count)
            return static_cast<std::uint32_t>(*inside + (outside - *begin));
    }
    return static_cast<std::uint32_t>(outside);
}

std::string commandOf(pid_t pid, std::string_view name)
{
    const UniqueFd file(::open(procFile(pid, "cmdline").c_str(), O_RDONLY | O_CLOEXEC));
    std::string command(kCommandShownBytes, '\0');
    const ssize_t count = file ? ::read(file.fd(), command.data(), command.size()) : 0;
    command.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    while (!command.empty() && command.back() == '\0')
        command.pop_back();
    std::replace_if(
        command.begin(), command.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return command.empty() ? "[" + std::string(name) + "]" : command;
}

double uptimeSeconds()
{
    const auto text = readFile("/proc/uptime", 256);
    return text ? std::strtod(text->c_str(), nullptr) : 0.0;
}

std::optional<double> startSeconds(std::string_view stat)
{
    const auto name = stat.rfind(')'); // it may hold anything
    std::string_view rest = name == std::string_view::npos ? std::string_view() : stat.substr(name + 1);
    for (int i = 0; i < kFieldsBeforeStart; ++i)
        (void)nextWord(rest);
    const auto ticks = numberOf(nextWord(rest));
    return ticks ? std::optional(static_cast<double>(*ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK)))
                 : std::nullopt;
}

std::optional<InsideProcess> readProcess(pid_t pid, double uptime)
{
    const auto status = readFile(procFile(pid, "status"), kStatusLimitBytes);
    const auto stat = readFile(procFile(pid, "stat"), kStatusLimitBytes);
    const auto figures = stat ? parseProcessStat(*stat) : std::nullopt;
    if (!status || !figures)
        return std::nullopt; // it ended just now
    InsideProcess process;
    process.pid = pid;
    process.parent = figures->parent;
    process.insidePid = static_cast<pid_t>(numberOf(lastWord(statusLine(*status, "NSpid"))).value_or(0));
    std::string_view users = statusLine(*status, "Uid");
    process.insideUser = insideUserOf(pid, numberOf(nextWord(users)).value_or(0));
    const auto tick = 1'000'000'000U / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    process.cpuNanoseconds = figures->ownTicks * tick;
    process.residentBytes = kilobyteLine(*status, "VmRSS").value_or(0);
    const auto start = startSeconds(*stat);
    process.ageSeconds = start ? std::max(uptime - *start, 0.0) : 0.0;
    const auto state = statusLine(*status, "State");
    process.state = state.empty() ? '?' : state.front();
    process.command = commandOf(pid, statusLine(*status, "Name"));
    return process;
}

std::vector<pid_t> pidsOf(const HostFootprint& footprint)
{
    ReadBuffer buffer;
    if (!footprint.cgroupPath.isEmpty()) {
        if (const auto cgroup = CgroupReader::open(footprint.cgroupPath.toStdString()))
            return cgroup->pids(buffer);
    }
    ProcessTree tree{ ProcTree{} };
    tree.addRoots(footprint.rootPids);
    tree.refresh(buffer);
    return tree.pids();
}

} // namespace

std::vector<InsideProcess> insideProcesses(const HostFootprint& footprint)
{
    std::vector<InsideProcess> all;
    const double uptime = uptimeSeconds();
    for (const pid_t pid : pidsOf(footprint)) {
        if (auto process = readProcess(pid, uptime))
            all.push_back(*std::move(process));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.pid < b.pid; });
    return all;
}

Result<> signalProcess(const HostFootprint& footprint, const InsideProcess& process, int signalNumber)
{
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    const auto all = insideProcesses(footprint); // asked after the pidfd: from here on it cannot become another
    const bool isThere = std::any_of(all.begin(), all.end(), [&](const InsideProcess& now) {
        return now.pid == process.pid && now.insidePid == process.insidePid
            && now.ageSeconds + kSameStartSeconds >= process.ageSeconds;
    });
    if (!pidfd || !isThere)
        return Error{ ErrorCode::NotFound, "process " + std::to_string(process.insidePid) + " has ended", ESRCH, {} };
    if (::syscall(SYS_pidfd_send_signal, pidfd.fd(), signalNumber, nullptr, 0) != 0)
        return Error::fromErrno(errno, "send signal " + std::to_string(signalNumber));
    return {};
}

} // namespace twinhull
