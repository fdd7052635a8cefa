// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <cstdint>
#include <optional>

namespace twinhull {

/// Limits of folders by project quotas (quotactl(2), FS_IOC_FSSETXATTR): all that is made below a folder belongs to its
/// project, and the kernel counts and limits what the project's files take. That needs ext4 or XFS mounted with
/// prjquota, and root of this computer. The kernel keeps both the project and its limit: nothing else is written down.

/// Unsupported where the file system of that folder does not hold limits, or this process may not set one.
Result<> checkLimitsOf(const UniqueFd& folder);

/// For a folder that is empty: it becomes a project of its own, which may take so much; rounded up to 1024 bytes.
/// OutOfSpace where no project is left.
Result<> limitFolder(const UniqueFd& folder, std::uint64_t bytes);

struct FolderLimit {
    std::uint64_t limitBytes = 0;
    std::uint64_t usedBytes = 0;
};
/// None where the folder has no project of its own, which everybody may see. Unsupported as above.
Result<std::optional<FolderLimit>> limitOf(const UniqueFd& folder);

/// For an empty folder that is to take another's place: it joins that one's project, where there is one.
Result<> joinProjectOf(const UniqueFd& folder, const UniqueFd& other);

/// The project of a folder that goes; 0: none.
std::uint32_t projectOf(const UniqueFd& folder);
/// Its number may be used again. `place` is anything on the same file system.
Result<> forgetProject(const UniqueFd& place, std::uint32_t project);

} // namespace twinhull
