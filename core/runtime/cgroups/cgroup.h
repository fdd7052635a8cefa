// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/base/unique_fd.h"

#include <optional>
#include <string>
#include <vector>

namespace twinhull::runtime {

/// A container's own folder in a cgroup v2 tree.
struct Cgroup {
    std::string path;
    UniqueFd folder;
};

/// What the host offers. Found by looking, never by a version.
struct CgroupHost {
    std::string tree; ///< mount point of the v2 tree; empty: none
    std::string own; ///< the folder below it where this user's containers belong: this process's, or "/" for root
    bool isRootUser = false;

    static CgroupHost find();
};

enum class CgroupUse {
    Own, ///< a folder of its own for each container, where the host has a v2 tree
    Auto, ///< as Systemd where one runs, as Own elsewhere and where cgroupsPath is a folder, without a warning; as Own
          ///< with one, or without a cgroup where no limit is asked for, when that systemd makes none
    Systemd, ///< a scope of systemd's for each container; as Own where no systemd answers
    None, ///< containers stay in the caller's; limits are an error
};

struct CgroupRequest {
    std::string id;
    std::string cgroupsPath; ///< linux.cgroupsPath
    const oci::Resources& resources;
    int stateFolder = -1; ///< the container's folder, where what will be made is noted; -1: nowhere
};

/// For CgroupUse::None: an error where `resources` asks for a limit.
Result<> requireNoLimits(const oci::Resources& resources);

/// Makes the folder and sets the limits. No value where there are no limits and none can be made; an error that names
/// the missing controller, with nothing left behind, where limits were asked for and cannot be set.
Result<std::optional<Cgroup>> makeCgroup(const CgroupHost& host, const CgroupRequest& request);

/// Ends everything in it and removes it with its children, and the folders above that hull made and that are empty now;
/// a missing one is success.
Result<> removeCgroup(const std::string& path);

/// "memory", "cpu", "cpuset", "pids", "io", and those that name the files of `unified`: what `resources` needs. Shares
/// of 1024, the default, limit nothing and need none.
std::vector<std::string> neededControllers(const oci::Resources& resources);

} // namespace twinhull::runtime
