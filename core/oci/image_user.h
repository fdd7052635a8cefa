// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// Whom the entrypoint runs as.
struct ImageUser {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> additionalGids; ///< groups that name the user
    std::string home; ///< empty where the user is not listed
};

/// `user` as an image's config writes it (image-spec config.md): "", "uid", "uid:gid", "name", "name:group" in any mix,
/// against the text of the image's passwd and group files. A text is a number only as a whole, and then it is one even
/// where a user bears it as a name.
Result<ImageUser> resolveUser(const std::string& user, std::string_view passwdText, std::string_view groupText);

} // namespace twinhull
