// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/state/container_processes.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/runtime/cgroups/cgroup_limits.h"
#include "core/runtime/cgroups/freezer.h"
#include "core/runtime/state/container.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kPidsLimitBytes = 64U << 20U; // far beyond the kernel's 4 million processes
constexpr int kDepthLimit = 64; // a container's own folders below its cgroup

using Pids = std::vector<pid_t>;
using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

std::optional<pid_t> pidOf(std::string_view text)
{
    auto number = parseNumber(text);
    return number && std::in_range<pid_t>(*number) && *number > 0 ? std::optional(static_cast<pid_t>(*number))
                                                                  : std::nullopt;
}

Result<> addFromFolder(const std::string& path, int depth, Pids& pids)
{
    auto text = readFile(path + "/cgroup.procs", kPidsLimitBytes);
    // threaded folders have no list of processes: their threads belong to one that stands above
    if (!text && text.error().sysErrno != EOPNOTSUPP)
        return text.error().sysErrno == ENOENT ? Result<>() : Result<>(std::move(text).error());
    for (std::string_view rest = text ? std::string_view(*text) : ""; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        if (const auto pid = pidOf(rest.substr(0, end)))
            pids.push_back(*pid);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const Folder folder(::opendir(path.c_str()), &::closedir);
    while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.' || depth == kDepthLimit)
            continue;
        if (auto added = addFromFolder(path + "/" + entry->d_name, depth + 1, pids); !added)
            return added;
    }
    return {};
}

std::string pidNamespaceOf(const std::string& process)
{
    char text[64];
    const ssize_t length = ::readlink(("/proc/" + process + "/ns/pid").c_str(), text, sizeof text);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

Result<Pids> processesOfNamespace(const oci::ContainerRecord& record)
{
    const std::string wanted = pidNamespaceOf(std::to_string(record.pid));
    if (wanted.empty() || wanted == pidNamespaceOf("self"))
        return Error{ ErrorCode::Unsupported,
            "the container " + record.id + " has neither a cgroup nor a pid namespace of its own", 0,
            "Nothing tells its processes from others: give it one of the two" };
    Pids pids;
    const Folder folder(::opendir("/proc"), &::closedir);
    if (!folder)
        return Error::fromErrno(errno, "read /proc");
    while (const dirent* entry = ::readdir(folder.get())) {
        const auto pid = pidOf(entry->d_name);
        if (pid && pidNamespaceOf(entry->d_name) == wanted)
            pids.push_back(*pid);
    }
    return pids;
}

/// Holds first and looks again then: a pid that got another owner in between is in no second list.
Result<> signalOnce(const oci::ContainerRecord& record, int signal)
{
    auto before = processesOf(record);
    if (!before)
        return std::move(before).error();
    std::vector<std::pair<pid_t, UniqueFd>> held;
    for (const pid_t pid : *before) {
        UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        if (pidfd)
            held.emplace_back(pid, std::move(pidfd));
        else if (errno != ESRCH)
            return Error::fromErrno(errno, "watch process " + std::to_string(pid));
    }
    auto now = processesOf(record);
    if (!now)
        return std::move(now).error();
    for (const auto& [pid, pidfd] : held) {
        if (!std::binary_search(now->begin(), now->end(), pid))
            continue;
        if (auto sent = sendSignal(pidfd, signal); !sent && sent.error().sysErrno != ESRCH)
            return sent;
    }
    return {};
}

} // namespace

Result<std::vector<pid_t>> processesOf(const oci::ContainerRecord& record)
{
    Pids pids;
    if (record.cgroup.empty()) {
        auto found = processesOfNamespace(record);
        if (!found)
            return found;
        pids = *std::move(found);
    } else if (auto added = addFromFolder(record.cgroup, 0, pids); !added)
        return std::move(added).error();
    std::sort(pids.begin(), pids.end());
    return pids;
}

Result<> signalAll(const oci::ContainerRecord& record, int signal)
{
    if (record.cgroup.empty() || isCgroupFrozen(record.cgroup))
        return signalOnce(record, signal);
    if (signal == SIGKILL && writeControl(record.cgroup + "/cgroup.kill", "1")) // since 5.14
        return {};
    const bool isFrozen = static_cast<bool>(freezeCgroup(record.cgroup)); // else they are taken as they are
    auto sent = signalOnce(record, signal);
    auto thawed = isFrozen ? thawCgroup(record.cgroup) : Result<>();
    return sent ? thawed : sent;
}

} // namespace twinhull::runtime
