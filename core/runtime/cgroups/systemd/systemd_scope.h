// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/cgroups/cgroup.h"
#include "core/runtime/cgroups/systemd/systemd_absence.h"

#include <string>
#include <sys/types.h>

namespace twinhull::runtime {

/// A scope with the container's cgroup in it.
struct SystemdScope {
    std::string unit;
    Cgroup cgroup;
};

/// Has systemd make a delegated scope around the process `pid`, with the limits of `request`; what is born from that
/// process is in it from the start. When it fails no scope is left. ErrorCode::Unavailable where no systemd answers.
Result<SystemdScope> makeScope(const std::string& socket, const CgroupRequest& request, pid_t pid);

/// Has systemd remember new limits for as long as the scope is there, and waits until it has set those that it has a
/// word for, in its own roundings.
Result<> limitScope(const std::string& socket, const std::string& unit, const oci::Resources& resources);

struct ScopePlace {
    std::string unit;
    std::string below; ///< a folder in its cgroup; empty: that itself
};

/// Moves a process into the scope's cgroup, where this user may not do it (cgroup-v2.rst, "Delegation Containment").
Result<> attachToScope(const std::string& socket, const ScopePlace& place, pid_t pid);

/// Ends everything in the cgroup and the scope with it, and waits until the name is free again. One that is gone is
/// success.
Result<> removeScope(const std::string& socket, const std::string& unit, const std::string& cgroup);

} // namespace twinhull::runtime
