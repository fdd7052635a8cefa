// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/cgroup_placing.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/device_filter.h"
#include "core/runtime/cgroups/device_rules.h"
#include "core/runtime/cgroups/systemd/systemd_scope.h"
#include "core/runtime/namespaces/user_namespace.h"

#include <unistd.h>

namespace twinhull::runtime {

namespace {

/// Every mount that the container can write to is nodev: without the rules less is refused, nothing is open to it that
/// config.json did not give it.
void applyDeviceRules(
    const std::string& cgroup, const std::vector<oci::DeviceRule>& rules, const WarningSink& onWarning)
{
    if (!deniesDevices(rules))
        return;
    auto filtered = cgroup.empty() ? Result<>(Error{ ErrorCode::Unsupported, "it has no cgroup v2 folder", 0, {} })
                                   : filterDevices(cgroup, rules);
    if (filtered)
        return;
    const bool isOrdinary = ::geteuid() != 0 || !isInFirstUserNamespace();
    const bool isMeantForRoot = isOrdinary && deniesOnlyAll(rules); // a user namespace's mounts are nodev anyway
    if (!isMeantForRoot)
        onWarning(("config.json: linux.resources.devices: not applied: " + filtered.error().message).c_str());
}

} // namespace

bool CgroupPlacing::isSystemds() const
{
    // a plain folder is meant for hull itself: containers from before there was Auto name one
    const bool mayBeScope = linux_.cgroupsPath.empty() || linux_.cgroupsPath.find(':') != std::string::npos;
    const bool isWanted = use == CgroupUse::Systemd || (use == CgroupUse::Auto && mayBeScope && runsSystemd());
    return isWanted && exists(systemdSocket());
}

Result<std::optional<Cgroup>> CgroupPlacing::make(const UniqueFd& stateFolder, oci::ContainerRecord& record) const
{
    if (isSystemds())
        return std::optional<Cgroup>();
    const auto absence = use == CgroupUse::Systemd ? systemdAbsence() : std::nullopt;
    if (absence)
        onWarning((absence->message + ": hull makes the cgroup itself. " + absence->hint).c_str());
    std::optional<Cgroup> cgroup;
    if (use == CgroupUse::None) {
        if (auto allowed = requireNoLimits(linux_.resources); !allowed)
            return std::move(allowed).error();
    } else {
        auto made = makeCgroup(CgroupHost::find(), { id, linux_.cgroupsPath, linux_.resources, stateFolder.fd() });
        if (!made)
            return made;
        cgroup = *std::move(made);
    }
    if (cgroup)
        record.cgroup = cgroup->path;
    applyDeviceRules(record.cgroup, linux_.resources.deviceRules, onWarning);
    return cgroup;
}

Result<> CgroupPlacing::placeInScope(const UniqueFd& stateFolder, oci::ContainerRecord& record, pid_t pid) const
{
    const CgroupRequest request{ id, linux_.cgroupsPath, linux_.resources, stateFolder.fd() };
    auto scope = makeScope(systemdSocket(), request, pid);
    if (!scope)
        return std::move(scope).error();
    record.systemdScope = std::move(scope->unit);
    record.cgroup = std::move(scope->cgroup.path);
    applyDeviceRules(record.cgroup, linux_.resources.deviceRules, onWarning);
    return {};
}

} // namespace twinhull::runtime
