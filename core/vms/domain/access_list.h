// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// An entry of an access list as the kernel keeps it (linux/posix_acl_xattr.h, acl(5)).
struct AclEntry {
    enum Tag : std::uint16_t {
        Owner = 0x01,
        User = 0x02,
        GroupOwner = 0x04,
        Group = 0x08,
        Mask = 0x10,
        Others = 0x20,
    };

    std::uint16_t tag = 0;
    std::uint16_t rights = 0; ///< read 4, write 2, execute 1
    std::uint32_t id = 0; ///< of User and Group
};

/// None where there is no list, which is the usual case, or it cannot be read.
std::vector<AclEntry> accessListOf(const std::string& path);

enum class FolderRule {
    Whatever,
    OwnAsJudged, ///< Busy unless it is the person's own and `folder` leads there over no link: none was put in its way
};

/// Gives a user rights to a folder beside what its mode says; all others keep theirs. Unsupported where the file system
/// has no access lists, PermissionDenied where the folder is another's.
Result<> allowUser(const std::string& folder, uid_t user, std::uint16_t rights, FolderRule rule = FolderRule::Whatever);

} // namespace twinhull
