// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"

#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include <vector>

namespace twinhull::test {

inline bool isUnified(const char* path)
{
    struct statfs system { };
    return ::statfs(path, &system) == 0 && system.f_type == CGROUP2_SUPER_MAGIC;
}

/// A mount namespace for this process and its children, for engines that understand a v2 tree at the usual place only,
/// with empty `folders`. Its mounts end with this process.
inline bool enterPrivateCgroups(const std::vector<const char*>& folders)
{
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return false;
    for (const char* folder : folders) {
        if (exists(folder) && ::mount("none", folder, "tmpfs", 0, "mode=0755") != 0)
            return false;
    }
    return isUnified("/sys/fs/cgroup") || ::mount("none", "/sys/fs/cgroup", "cgroup2", 0, nullptr) == 0;
}

} // namespace twinhull::test
