// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace twinhull {

/// Whom the entrypoint runs as.
struct ImageUser {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> additionalGids; ///< from the image's /etc/group
    std::string home; ///< from the image's /etc/passwd; empty where it is not listed
};

/// `user` as an image's config writes it (image-spec config.md): "", "uid", "uid:gid", "name", "name:group" in any mix.
/// /etc/passwd and /etc/group are read from the unpacked layers, highest first, and never through a link that leaves
/// its layer. A text is a number only as a whole.
Result<ImageUser> resolveImageUser(const std::string& user, const std::vector<std::string>& layers);

} // namespace twinhull
