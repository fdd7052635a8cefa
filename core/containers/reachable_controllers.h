// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <sys/types.h>

namespace twinhull {

/// Where a person's controllers are looked up. Tests make it up.
struct ControllerPlaces {
    bool isRoot = false;
    uid_t user = 0;
    std::string runtimeFolder; ///< XDG_RUNTIME_DIR; empty: not set
    std::string run = "/run";
    std::string cgroups = "/sys/fs/cgroup";
    std::string ownCgroup = "/proc/self/cgroup"; ///< the file that names this process's

    static ControllerPlaces ofThisProcess();
};

/// The controllers that a container's cgroup can have, as a cgroup.controllers lists them: for root those of the v2
/// tree; for others those that their own systemd was given, which makes the containers' scopes, and where none runs
/// those of this process's cgroup. Empty where there are none.
std::string reachableControllers(const ControllerPlaces& places = ControllerPlaces::ofThisProcess());

/// Whether such a list names it.
bool hasController(const std::string& controllers, const std::string& name);

} // namespace twinhull
