// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/controllers.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_limits.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kFileLimitBytes = 1U << 20U;
constexpr const char* kSupervisor = "/supervisor";
constexpr std::array<std::string_view, 5> kOfSystemd{ "cpu", "cpuset", "io", "memory", "pids" }; ///< it delegates these

/// Frees a folder of its own processes, so that it may hand controllers down (cgroup v2: no internal processes). Only a
/// scope that was made for hull is ours to arrange.
Result<> vacate(const std::string& folder)
{
    const std::string name = folder.substr(folder.find_last_of('/') + 1);
    const bool isOurs
        = name.rfind(kCallersScope, 0) == 0 && name.size() > 6 && name.substr(name.size() - 6) == ".scope";
    if (!isOurs)
        return Error::fromErrno(EBUSY, folder + " has processes of its own");
    auto pids = readFile(folder + "/cgroup.procs", kFileLimitBytes);
    if (!pids)
        return std::move(pids).error();
    if (::mkdir((folder + kSupervisor).c_str(), 0755) != 0 && errno != EEXIST)
        return Error::fromErrno(errno, "make " + folder + kSupervisor);
    for (std::string_view rest = *pids; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        auto moved = writeControl(folder + kSupervisor + "/cgroup.procs", std::string(rest.substr(0, end)));
        if (!moved && moved.error().sysErrno != ESRCH)
            return moved;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

/// Processes that keep what is below from having any (cgroup-v2.rst, "No Internal Process Constraint", "Threads"); the
/// root of the tree, which has no type, is exempt.
bool hasProcesses(const std::string& folder)
{
    auto pids
        = exists(folder + "/cgroup.type") ? readFile(folder + "/cgroup.procs", kFileLimitBytes) : Result(std::string());
    return pids && !pids->empty();
}

Result<> handDownTo(const CgroupHost& host, const std::string& folder, const std::string& controller)
{
    for (const auto& ancestor : ancestorsOf(host, folder)) {
        if (auto handed = handDown(ancestor, { controller }); !handed)
            return handed;
    }
    return {};
}

} // namespace

bool namesController(const std::string& text, const std::string& controller)
{
    return (" " + text).find(" " + controller + " ") != std::string::npos
        || (" " + text).find(" " + controller + "\n") != std::string::npos;
}

std::vector<std::string> ancestorsOf(const CgroupHost& host, const std::string& place)
{
    std::string first = host.tree + (host.isRootUser ? "" : host.own);
    while (!first.empty() && first.back() == '/')
        first.pop_back();
    std::vector<std::string> folders{ first };
    for (std::size_t slash = place.find('/', first.size() + 1); slash != std::string::npos;
         slash = place.find('/', slash + 1))
        folders.push_back(place.substr(0, slash));
    return folders;
}

Result<> handDown(const std::string& folder, std::vector<std::string> controllers)
{
    const std::string file = folder + "/cgroup.subtree_control";
    if (auto enabled = controllers.empty() ? Result(std::string()) : readFile(file, kFileLimitBytes))
        std::erase_if(controllers, [&](const auto& controller) { return namesController(*enabled, controller); });
    if (controllers.empty())
        return {};
    const auto failed = [&](Result<> result, const std::string& controller) {
        return std::move(result).withContext("limit " + controller);
    };
    // the kernel lets cpu, cpuset and pids be handed down beside processes, but then no process can enter what is below
    if (hasProcesses(folder)) {
        if (auto vacated = vacate(folder); !vacated)
            return failed(std::move(vacated), controllers[0]);
    }
    Result<> first;
    for (const auto& controller : controllers) {
        auto written = writeControl(file, "+" + controller);
        if (!written && first)
            first = failed(std::move(written), controller);
    }
    return first;
}

Error missingController(const CgroupHost& host, const std::string& controller)
{
    const std::string asked = "a limit was asked for, but ";
    auto offered = readFile(host.tree + "/cgroup.controllers", kFileLimitBytes);
    if (host.isRootUser || host.tree.empty() || !offered || !namesController(*offered, controller))
        return Error{ ErrorCode::Unsupported,
            asked + "this computer's cgroup v2 tree has no controller \"" + controller + "\"", 0,
            "It is bound to cgroup v1 (start Linux with systemd.unified_cgroup_hierarchy=1) or not in this kernel: "
            "leave the limit out" };
    const std::string undelegated = asked + "the controller \"" + controller + "\" is not delegated to this user";
    if (std::find(kOfSystemd.begin(), kOfSystemd.end(), controller) == kOfSystemd.end())
        return Error{ ErrorCode::Unsupported, undelegated, 0,
            "systemd hands it to nobody: run the container as root, or leave the limit out" };
    return Error{ ErrorCode::Unsupported, undelegated, 0,
        "Delegate it: printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' | sudo install -D -m 644 /dev/stdin "
        "/etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload; then log in again" };
}

Result<> provideControllers(const CgroupHost& host, const std::string& folder, const oci::Resources& resources)
{
    const auto controllers = neededControllers(resources);
    auto available
        = controllers.empty() ? Result(std::string()) : readFile(folder + "/cgroup.controllers", kFileLimitBytes);
    if (!available)
        return std::move(available).error();
    auto offered = readFile(host.tree + "/cgroup.controllers", kFileLimitBytes);
    for (const auto& controller : controllers) {
        if (namesController(*available, controller))
            continue;
        if (!host.isRootUser || !offered || !namesController(*offered, controller))
            return missingController(host, controller);
        if (auto handed = handDownTo(host, folder, controller); !handed)
            return handed;
    }
    return {};
}

} // namespace twinhull::runtime
