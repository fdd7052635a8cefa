// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// Who the entrypoint runs as, in numbers.
struct GuestUser {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups; ///< supplementary; those that name the user in the group file
    std::string home = "/";
    std::string name; ///< empty for a number without an entry

    friend bool operator==(const GuestUser&, const GuestUser&) = default;
};

/// Resolves what an image says ("", "uid", "uid:gid", "name", "name:group"; image-spec config.md, User) against the
/// text of the image's passwd and group files. A text of digits alone is a number, even where a user bears it as a
/// name.
Result<GuestUser> resolveUser(const std::string& user, std::string_view passwdText, std::string_view groupText);

} // namespace twinhull
