// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_record.h"
#include "core/runtime/cgroups/cgroup.h"
#include "core/runtime/process/launched_process.h"

#include <optional>

namespace twinhull::runtime {

/// A new container's cgroup: of hull's own making before its first process, or a scope of systemd's around that.
class CgroupPlacing {
public:
    CgroupPlacing(const std::string& id, const oci::Linux& linux_, CgroupUse use, const WarningSink& onWarning);

    /// Whether systemd shall make it: placeInScope() then, when there is a process. A computer without systemd is
    /// served by a cgroup of hull's own making.
    bool isSystemds() const { return m_isSystemds; }

    /// Makes it where it is hull's, with limits and device rules; `record` learns of it. No value where there is none,
    /// or not yet.
    Result<std::optional<Cgroup>> make(const UniqueFd& stateFolder, oci::ContainerRecord& record) const;

    /// Has systemd make a scope around `pid`; `record` learns of it. With CgroupUse::Auto hull makes a cgroup itself
    /// when systemd does not, and a container without limits starts without one where hull cannot either; a warning
    /// says so.
    Result<> placeInScope(const UniqueFd& stateFolder, oci::ContainerRecord& record, pid_t pid) const;

private:
    Result<> placeWithoutSystemd(
        const CgroupRequest& request, oci::ContainerRecord& record, pid_t pid, const Error& refusal) const;

    const std::string& m_id;
    const oci::Linux& m_linux;
    CgroupUse m_use;
    const WarningSink& m_onWarning;
    bool m_isSystemds;
};

} // namespace twinhull::runtime
