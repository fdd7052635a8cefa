// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/cgroup.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_end.h"
#include "core/runtime/cgroups/cgroup_intent.h"
#include "core/runtime/cgroups/cgroup_limits.h"
#include "core/runtime/cgroups/controllers.h"
#include "core/runtime/cgroups/systemd/systemd_absence.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kFileLimitBytes = 1U << 20U;
constexpr const char* kParentMark = "1";
constexpr int kBuildAttempts = 8;

bool isUnified(const char* path)
{
    struct statfs system { };
    return ::statfs(path, &system) == 0 && system.f_type == CGROUP2_SUPER_MAGIC;
}

std::string ownFolder()
{
    auto text = readFile("/proc/self/cgroup", kFileLimitBytes);
    if (!text)
        return "/";
    const auto line = text->rfind("0::", 0) == 0 ? 0 : text->find("\n0::");
    if (line == std::string::npos)
        return "/";
    const auto start = text->find("::", line) + 2;
    return text->substr(start, text->find('\n', start) - start);
}

std::string withoutTrailingSlash(std::string path)
{
    while (!path.empty() && path.back() == '/')
        path.pop_back();
    return path;
}

/// "/a/b", or systemd's "slice:prefix:name", as a folder below `base`.
std::string placeOf(const CgroupHost& host, const CgroupRequest& request)
{
    const std::string base = host.tree + (host.isRootUser ? "" : withoutTrailingSlash(host.own));
    std::string path = request.cgroupsPath;
    if (path.empty())
        return base + (host.isRootUser ? "/hull/" : "/hull-") + request.id;
    const auto colon = path.find(':');
    if (colon != std::string::npos) {
        const auto second = path.find(':', colon + 1);
        const std::string prefix = second == std::string::npos ? "" : path.substr(colon + 1, second - colon - 1) + "-";
        path = path.substr(0, colon) + "/" + prefix
            + (second == std::string::npos ? path.substr(colon + 1) : path.substr(second + 1));
    }
    return base + (path[0] == '/' ? "" : "/") + path;
}

Result<> checkPlace(const std::string& path)
{
    if ((path + "/").find("/../") == std::string::npos)
        return {};
    return Error{ ErrorCode::InvalidArgument, "config.json: linux.cgroupsPath: must not contain ..", 0, {} };
}

/// Makes folders on construction order and takes back what it made unless it is kept.
class Building {
public:
    ~Building()
    {
        if (m_isKept)
            return;
        for (auto path = m_made.rbegin(); path != m_made.rend(); ++path)
            (void)::rmdir(path->c_str()); // in use by another container meanwhile: stays
    }
    Building() = default;
    Building(const Building&) = delete;
    Building& operator=(const Building&) = delete;

    Result<> make(const std::string& path, const std::string& mark = kParentMark)
    {
        if (::mkdir(path.c_str(), 0755) == 0)
            note(path, mark);
        else if (errno != EEXIST)
            return Error::fromErrno(errno, "make cgroup " + path);
        return {};
    }
    /// False when it is there already: two that ask at once do not get the same.
    Result<bool> makeNew(const std::string& path, const std::string& mark)
    {
        if (::mkdir(path.c_str(), 0755) != 0)
            return errno == EEXIST ? Result<bool>(false) : Error::fromErrno(errno, "make cgroup " + path);
        note(path, mark);
        return true;
    }
    void keep() { m_isKept = true; }

private:
    void note(const std::string& path, const std::string& mark)
    {
        (void)::setxattr(path.c_str(), kMadeByHull, mark.data(), mark.size(), 0); // an old kernel has no such marks
        m_made.push_back(path);
    }

    std::vector<std::string> m_made;
    bool m_isKept = false;
};

enum class Need { Limits, Figures };

bool isPopulated(const std::string& path)
{
    auto events = readFile(path + "/cgroup.events", kFileLimitBytes);
    return events && events->find("populated 1") != std::string::npos;
}

/// The container's own folder: whoever removes it ends all that is in it, so no two containers share one. Ids are
/// unique below one --root only: where a container of another has the name, this one gets the next.
Result<std::string> makeOwn(const CgroupRequest& request, const std::string& place, Building& building)
{
    if (request.cgroupsPath.empty()) {
        std::string path = place;
        for (int number = 2;; ++number) {
            auto isNew = building.makeNew(path, ownerMark(request.stateFolder));
            if (!isNew || *isNew)
                return isNew ? Result(path) : std::move(isNew).error();
            path = place + "." + std::to_string(number);
            if (auto noted = noteCgroup(request.stateFolder, path); !noted)
                return std::move(noted).error();
        }
    }
    if (isPopulated(place))
        return Error{ ErrorCode::Busy, "config.json: linux.cgroupsPath: processes run in " + place + " already", EBUSY,
            "Give each container a folder of its own, or leave it out" };
    auto made = building.make(place, ownerMark(request.stateFolder));
    return made ? Result(place) : std::move(made).error();
}

std::string callersScope(const std::string& id)
{
    return "systemd-run --user --scope -p Delegate=yes --unit " + (kCallersScope + id);
}

/// An ordinary user's own folder, where systemd has not given it to that user.
Error notDelegated(const std::string& folder, const std::string& id)
{
    const auto absence = systemdAbsence();
    return Error{ ErrorCode::PermissionDenied,
        "a limit was asked for, but the cgroup " + folder + " is not delegated to this user"
            + (absence ? ", and " + absence->message : ""),
        EACCES, absence ? absence->hint : "Use --cgroup-manager systemd, or a scope of its own: " + callersScope(id) };
}

/// The controllers that `first`, which is there, can hand down.
Result<std::vector<std::string>> offeredOf(
    const CgroupHost& host, const std::string& first, std::vector<std::string> controllers, Need need)
{
    auto available = readFile(first + "/cgroup.controllers", kFileLimitBytes);
    if (!available)
        return std::move(available).error();
    const auto isMissing = [&](const auto& controller) { return !namesController(*available, controller); };
    const auto missing = std::find_if(controllers.begin(), controllers.end(), isMissing);
    if (missing != controllers.end() && need == Need::Limits)
        return missingController(host, *missing).withContext("limit " + *missing);
    std::erase_if(controllers, isMissing);
    return controllers;
}

/// A folder has what the one above it hands down.
Result<> prepareAncestors(
    const std::vector<std::string>& folders, const std::vector<std::string>& controllers, Need need, Building& building)
{
    for (const auto& folder : folders) {
        if (auto made = &folder == &folders.front() ? Result<>() : building.make(folder); !made)
            return made;
        if (auto handed = handDown(folder, controllers); !handed && need == Need::Limits)
            return handed;
    }
    return {};
}

Result<std::optional<Cgroup>> buildOnce(const CgroupHost& host, const CgroupRequest& request, Need need)
{
    const std::string place = placeOf(host, request);
    if (auto checked = checkPlace(place); !checked)
        return std::move(checked).error();
    const std::vector<std::string> figures{ "memory", "cpu", "pids" };
    if (auto noted = noteCgroup(request.stateFolder, place); !noted)
        return std::move(noted).error();
    Building building;
    const auto ancestors = ancestorsOf(host, place);
    if (need == Need::Limits && ::access((ancestors[0] + "/cgroup.procs").c_str(), W_OK) != 0 && errno == EACCES)
        return notDelegated(ancestors[0], request.id);
    auto controllers
        = offeredOf(host, ancestors[0], need == Need::Limits ? neededControllers(request.resources) : figures, need);
    if (!controllers)
        return std::move(controllers).error();
    if (auto ready = prepareAncestors(ancestors, *controllers, need, building); !ready)
        return std::move(ready).error();
    auto path = makeOwn(request, place, building);
    if (!path)
        return std::move(path).error();
    if (auto type = readFile(*path + "/cgroup.type", kFileLimitBytes); type && *type == "domain invalid\n")
        return Error::fromErrno(
            EBUSY, ancestors.back() + " has processes of its own, and nothing below it can have any");
    if (auto limited = setLimits(*path, request.resources); !limited)
        return std::move(limited).error();
    auto folder = openPath(*path, O_RDONLY | O_DIRECTORY);
    if (!folder)
        return std::move(folder).error();
    building.keep();
    return std::optional(Cgroup{ *std::move(path), *std::move(folder) });
}

/// Again where another hull took an empty folder away in between.
Result<std::optional<Cgroup>> build(const CgroupHost& host, const CgroupRequest& request, Need need)
{
    auto built = buildOnce(host, request, need);
    for (int attempt = 1; attempt < kBuildAttempts && !built && built.error().sysErrno == ENOENT; ++attempt)
        built = buildOnce(host, request, need);
    return built;
}

/// Folders above `path` that hull made and nobody uses any more. Not a container's own, which another may lie in. What
/// is gone already was removed by a hull that was killed before it came to the next.
void removeMadeParents(std::string path)
{
    for (auto slash = path.rfind('/'); slash != std::string::npos && slash > 0; slash = path.rfind('/')) {
        path.resize(slash);
        char mark = 0;
        const ssize_t length = ::getxattr(path.c_str(), kMadeByHull, &mark, sizeof mark);
        const bool isGone = length < 0 && errno == ENOENT;
        if (!isGone && (length != 1 || ::rmdir(path.c_str()) != 0))
            return;
    }
}

Result<> removeFolders(const std::string& path)
{
    for (const auto& child : childCgroups(path)) {
        if (auto removed = removeFolders(child); !removed)
            return removed;
    }
    if (::rmdir(path.c_str()) != 0 && errno != ENOENT)
        return Error::fromErrno(errno, "remove cgroup " + path);
    return {};
}

} // namespace

CgroupHost CgroupHost::find()
{
    CgroupHost host;
    for (const char* path : { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" }) {
        if (host.tree.empty() && isUnified(path))
            host.tree = path;
    }
    host.isRootUser = ::geteuid() == 0;
    host.own = host.isRootUser ? "/" : ownFolder();
    return host;
}

Result<std::optional<Cgroup>> makeCgroup(const CgroupHost& host, const CgroupRequest& request)
{
    const auto controllers = neededControllers(request.resources);
    if (controllers.empty()) {
        // without limits it only serves figures: its absence is no failure
        auto made = host.tree.empty() ? Result(std::optional<Cgroup>()) : build(host, request, Need::Figures);
        return made ? std::move(made) : Result(std::optional<Cgroup>());
    }
    if (host.tree.empty())
        return missingController(host, controllers.front());
    auto made = build(host, request, Need::Limits);
    if (made || !made.error().hint.empty() || made.error().sysErrno == ENODEV) // the last: a device's own limit
        return made;
    return std::move(made).error().withHint(host.isRootUser
            ? "Is the cgroup tree writable here?"
            : "Start it in a delegated scope: " + callersScope(request.id));
}

Result<> requireNoLimits(const oci::Resources& resources)
{
    const auto controllers = neededControllers(resources);
    if (controllers.empty())
        return {};
    return Error{ ErrorCode::InvalidArgument,
        "a limit was asked for (" + controllers.front() + "), and --cgroup-manager disabled makes no cgroup for it", 0,
        "Leave one of the two out" };
}

Result<> removeCgroup(const std::string& path)
{
    if (::rmdir(path.c_str()) == 0 || errno == ENOENT)
        return removeMadeParents(path), Result<>();
    endCgroup(path);
    auto removed = removeFolders(path);
    if (removed)
        removeMadeParents(path);
    return removed;
}

} // namespace twinhull::runtime
