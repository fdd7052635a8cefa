// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/namespace_plan.h"

#include "core/base/files.h"

#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <algorithm>

namespace twinhull::runtime {

using oci::NamespaceKind;

int cloneFlagOf(NamespaceKind kind)
{
    switch (kind) {
    case NamespaceKind::User:
        return CLONE_NEWUSER;
    case NamespaceKind::Mount:
        return CLONE_NEWNS;
    case NamespaceKind::Pid:
        return CLONE_NEWPID;
    case NamespaceKind::Network:
        return CLONE_NEWNET;
    case NamespaceKind::Ipc:
        return CLONE_NEWIPC;
    case NamespaceKind::Uts:
        return CLONE_NEWUTS;
    case NamespaceKind::Cgroup:
        return CLONE_NEWCGROUP;
    case NamespaceKind::Time:
        return CLONE_NEWTIME;
    }
    return 0;
}

bool NamespacePlan::makes(NamespaceKind kind) const
{
    return (newFlags & static_cast<std::uint64_t>(cloneFlagOf(kind))) != 0;
}

std::uint64_t NamespacePlan::cloneFlags() const
{
    const std::uint64_t ofStage
        = makes(NamespaceKind::Time) ? std::uint64_t{ CLONE_NEWTIME | CLONE_NEWUSER } : std::uint64_t{ 0 };
    return newFlags & ~ofStage;
}

std::uint64_t NamespacePlan::stageFlags() const
{
    return makes(NamespaceKind::Time) ? newFlags & std::uint64_t{ CLONE_NEWUSER } : 0;
}

bool NamespacePlan::needsStage() const
{
    return !joins.empty() || parentUsers || makes(NamespaceKind::Time);
}

bool NamespacePlan::hasOwn(NamespaceKind kind) const
{
    return makes(kind) || std::any_of(joins.begin(), joins.end(), [&](const Join& join) { return join.kind == kind; });
}

namespace {

/// In /proc/PID/ns.
std::string_view fileNameOf(NamespaceKind kind)
{
    if (kind == NamespaceKind::Mount)
        return "mnt";
    return kind == NamespaceKind::Network ? "net" : nameOf(kind);
}

Result<UniqueFd> openNamespace(const oci::Namespace& entry)
{
    auto file = openPath(entry.path, O_RDONLY);
    if (!file)
        return file;
    if (::ioctl(file->fd(), NS_GET_NSTYPE) != cloneFlagOf(entry.kind))
        return Error{ ErrorCode::InvalidArgument,
            entry.path + ": not a namespace of kind " + std::string(nameOf(entry.kind)), 0,
            "A namespace's file is, for example, /proc/PID/ns/" + std::string(fileNameOf(entry.kind)) };
    return file;
}

} // namespace

Result<NamespacePlan> planNamespaces(const std::vector<oci::Namespace>& namespaces)
{
    NamespacePlan plan;
    for (std::size_t i = 0; i < namespaces.size(); ++i) {
        const auto& entry = namespaces[i];
        if (entry.path.empty()) {
            plan.newFlags |= static_cast<std::uint64_t>(cloneFlagOf(entry.kind));
            continue;
        }
        auto file = openNamespace(entry);
        if (!file)
            return std::move(file).error().withContext("config.json: linux.namespaces[" + std::to_string(i) + "].path");
        const auto where = entry.kind == NamespaceKind::User ? plan.joins.begin() : plan.joins.end();
        plan.joins.insert(where, { entry.kind, *std::move(file) });
    }
    if (!plan.hasOwn(NamespaceKind::Cgroup))
        plan.newFlags |= CLONE_NEWCGROUP;
    if (plan.makes(NamespaceKind::Mount))
        return plan;
    return Error{ ErrorCode::Unsupported, "config.json: linux.namespaces: a new mount namespace is required", 0,
        "Add {\"type\": \"mount\"} without a path" };
}

Result<> planParentUsers(const std::map<std::string, std::string>& annotations, NamespacePlan& plan)
{
    const auto found = annotations.find(std::string(oci::kAnnotationParentUsers));
    if (found == annotations.end())
        return {};
    const std::string where = "config.json: annotations." + found->first;
    if (!plan.makes(NamespaceKind::User) || plan.makes(NamespaceKind::Time))
        return Error{ ErrorCode::InvalidArgument, where + ": needs a new user namespace, and no new time namespace", 0,
            "Add {\"type\": \"user\"} to linux.namespaces, or leave the annotation out" };
    auto file = openNamespace({ NamespaceKind::User, found->second });
    if (!file)
        return std::move(file).error().withContext(where);
    plan.parentUsers = *std::move(file);
    return {};
}

Result<> joinAll(Syscalls& calls, const NamespacePlan& plan)
{
    if (plan.parentUsers) {
        if (auto joined = calls.joinNamespaces(plan.parentUsers.fd(), CLONE_NEWUSER); !joined)
            return std::move(joined).withContext("join the user namespace that is to be the parent");
    }
    for (const auto& join : plan.joins) {
        if (auto joined = calls.joinNamespaces(join.fd.fd(), cloneFlagOf(join.kind)); !joined)
            return std::move(joined).withContext("join " + std::string(nameOf(join.kind)) + " namespace");
    }
    return {};
}

} // namespace twinhull::runtime
