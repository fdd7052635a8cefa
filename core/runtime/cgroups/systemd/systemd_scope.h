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

/// Has systemd make a delegated scope around the process `pid`, with the limits of `request` that it has a word for;
/// what is born from that process is in it from the start. The scope's name, which is noted in the container's folder
/// before it is made. When it fails the process is where it was; ErrorCode::Unavailable where no systemd answers.
Result<std::string> startScope(const std::string& socket, const CgroupRequest& request, pid_t pid);

/// The cgroup of the scope `unit` that startScope() made, with every limit. When it fails the scope is stopped, and
/// what runs in it has ended.
Result<SystemdScope> limitStartedScope(
    const std::string& socket, const CgroupRequest& request, std::string unit, pid_t pid);

/// Removes the empty scope that a hull which was killed in startScope() may have left: systemd keeps one for good whose
/// process ended before it looked. A scope with processes in it is another container's of that name and stays. No note
/// in the container's folder, no such scope and no systemd are success; a systemd that cannot be asked is an error.
Result<> removeNotedScope(const SystemdPlaces& places, const UniqueFd& stateFolder);

/// Has systemd remember new limits for as long as the scope is there, and waits until it has set those that it has a
/// word for, in its own roundings.
Result<> limitScope(const std::string& socket, const std::string& unit, const oci::Resources& resources);

/// The same of `before`, for those words alone that limitScope() has for `resources`.
Result<> limitScopeAsBefore(
    const std::string& socket, const std::string& unit, const oci::Resources& resources, const oci::Resources& before);

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
