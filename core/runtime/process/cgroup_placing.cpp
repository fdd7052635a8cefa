// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/cgroup_placing.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_limits.h"
#include "core/runtime/cgroups/device_filter.h"
#include "core/runtime/cgroups/device_rules.h"
#include "core/runtime/cgroups/systemd/systemd_scope.h"
#include "core/runtime/namespaces/user_namespace.h"

#include <unistd.h>

#include <cerrno>

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

bool isForSystemd(CgroupUse use, const std::string& cgroupsPath)
{
    if (use != CgroupUse::Systemd && use != CgroupUse::Auto)
        return false;
    if (!exists(systemdSocket()))
        return false;
    // a plain folder is meant for hull itself: containers from before there was Auto name one
    const bool mayBeScope = cgroupsPath.empty() || cgroupsPath.find(':') != std::string::npos;
    return use == CgroupUse::Systemd || (mayBeScope && runsSystemd() && !CgroupHost::find().tree.empty());
}

/// Whether a container may start in another way when systemd has made no scope. One with limits may not when the answer
/// may still come: systemd would then take it out of the cgroup that has them.
bool mayDoWithoutScope(const Error& error, const oci::Resources& resources)
{
    const bool isOpen = error.sysErrno == ETIMEDOUT || error.sysErrno == ECONNRESET || error.sysErrno == EPIPE
        || error.code == ErrorCode::Corrupt;
    return error.code != ErrorCode::InvalidArgument && (!isOpen || neededControllers(resources).empty());
}

} // namespace

CgroupPlacing::CgroupPlacing(
    const std::string& id, const oci::Linux& linux_, CgroupUse use, const WarningSink& onWarning)
    : m_id(id), m_linux(linux_), m_use(use), m_onWarning(onWarning), m_isSystemds(isForSystemd(use, linux_.cgroupsPath))
{
}

Result<std::optional<Cgroup>> CgroupPlacing::make(const UniqueFd& stateFolder, oci::ContainerRecord& record) const
{
    if (m_isSystemds)
        return std::optional<Cgroup>();
    const auto absence = m_use == CgroupUse::Systemd ? systemdAbsence() : std::nullopt;
    if (absence)
        m_onWarning((absence->message + ": hull makes the cgroup itself. " + absence->hint).c_str());
    std::optional<Cgroup> cgroup;
    if (m_use == CgroupUse::None) {
        if (auto allowed = requireNoLimits(m_linux.resources); !allowed)
            return std::move(allowed).error();
    } else {
        auto made = makeCgroup(CgroupHost::find(), { m_id, m_linux.cgroupsPath, m_linux.resources, stateFolder.fd() });
        if (!made)
            return made;
        cgroup = *std::move(made);
    }
    if (cgroup)
        record.cgroup = cgroup->path;
    applyDeviceRules(record.cgroup, m_linux.resources.deviceRules, m_onWarning);
    return cgroup;
}

Result<> CgroupPlacing::placeInScope(const UniqueFd& stateFolder, oci::ContainerRecord& record, pid_t pid) const
{
    const CgroupRequest request{ m_id, m_linux.cgroupsPath, m_linux.resources, stateFolder.fd() };
    auto unit = startScope(systemdSocket(), request, pid);
    if (!unit && m_use == CgroupUse::Auto && mayDoWithoutScope(unit.error(), request.resources))
        return placeWithoutSystemd(request, record, pid, unit.error());
    if (!unit)
        return std::move(unit).error();
    auto scope = limitStartedScope(systemdSocket(), request, *std::move(unit), pid);
    if (!scope)
        return std::move(scope).error();
    record.systemdScope = std::move(scope->unit);
    record.cgroup = std::move(scope->cgroup.path);
    applyDeviceRules(record.cgroup, m_linux.resources.deviceRules, m_onWarning);
    return {};
}

Result<> CgroupPlacing::placeWithoutSystemd(
    const CgroupRequest& request, oci::ContainerRecord& record, pid_t pid, const Error& refusal) const
{
    auto made = makeCgroup(CgroupHost::find(), request);
    if (!made) {
        Error both = std::move(made).error().withContext(refusal.message + ", and hull can make no cgroup itself");
        return refusal.hint.empty() ? std::move(both) : std::move(both).withHint(refusal.hint);
    }
    if (*made) {
        auto moved = writeControl((*made)->path + "/cgroup.procs", std::to_string(pid));
        if (!moved) {
            (void)removeCgroup((*made)->path); // it is empty
            if (!neededControllers(request.resources).empty())
                return std::move(moved).withContext("enter cgroup " + (*made)->path);
            made->reset();
        }
    }
    const std::string instead = *made ? "hull made the cgroup itself" : "the container has no cgroup of its own";
    m_onWarning((refusal.message + ": " + instead).c_str());
    if (*made)
        record.cgroup = (*made)->path;
    applyDeviceRules(record.cgroup, request.resources.deviceRules, m_onWarning);
    return {};
}

} // namespace twinhull::runtime
