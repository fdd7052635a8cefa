// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/namespace_refusal.h"

#include "core/base/files.h"

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

namespace twinhull::runtime {

namespace {

using oci::NamespaceKind;

constexpr std::size_t kFileLimitBytes = 64;
constexpr std::pair<NamespaceKind, const char*> kLimits[]
    = { { NamespaceKind::User, "max_user_namespaces" }, { NamespaceKind::Mount, "max_mnt_namespaces" },
          { NamespaceKind::Pid, "max_pid_namespaces" }, { NamespaceKind::Network, "max_net_namespaces" },
          { NamespaceKind::Ipc, "max_ipc_namespaces" }, { NamespaceKind::Uts, "max_uts_namespaces" },
          { NamespaceKind::Cgroup, "max_cgroup_namespaces" }, { NamespaceKind::Time, "max_time_namespaces" } };

bool holds(const std::string& file, const char* value)
{
    auto text = readFile(file, kFileLimitBytes);
    return text && *text == std::string(value) + "\n";
}

/// namespaces(7), "The /proc/sys/user directory".
std::string stepPastLimit(const NamespacePlan& plan, const std::string& settings)
{
    for (const auto& [kind, name] : kLimits) {
        if (plan.makes(kind) && holds(settings + "/user/" + name, "0"))
            return "This computer allows none. Allow them: sudo sysctl user." + std::string(name) + "=15000";
    }
    return "A limit in /proc/sys/user is reached. Raise it, for example: sudo sysctl user.max_user_namespaces=100000";
}

} // namespace

Error explainRefusedNamespaces(Error error, const NamespacePlan& plan, const std::string& settings)
{
    if (error.sysErrno == ENOSPC || error.sysErrno == EUSERS)
        return std::move(error).withHint(stepPastLimit(plan, settings));
    if ((error.sysErrno != EPERM && error.sysErrno != EACCES) || ::geteuid() == 0)
        return error;
    if (!plan.hasOwn(NamespaceKind::User))
        return std::move(error).withHint("An ordinary user's container needs a user namespace: add {\"type\": "
                                         "\"user\"} and mappings, as `hull spec --rootless` writes them");
    if (holds(settings + "/kernel/unprivileged_userns_clone", "0"))
        return std::move(error).withHint("This computer forbids user namespaces to ordinary users. Allow them: sudo "
                                         "sysctl kernel.unprivileged_userns_clone=1");
    if (holds(settings + "/kernel/apparmor_restrict_unprivileged_userns", "1"))
        return std::move(error).withHint("AppArmor forbids user namespaces to ordinary users here. Allow them: sudo "
                                         "sysctl kernel.apparmor_restrict_unprivileged_userns=0");
    return std::move(error).withHint("Something here forbids user namespaces to ordinary users: a seccomp filter, or "
                                     "a security module, whose log says more: sudo dmesg");
}

} // namespace twinhull::runtime
