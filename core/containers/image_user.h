// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/image_user.h"

#include <string>
#include <vector>

namespace twinhull {

/// resolveUser() against /etc/passwd and /etc/group of the unpacked layers, highest first; never through a link that
/// leaves its layer.
Result<ImageUser> resolveImageUser(const std::string& user, const std::vector<std::string>& layers);

} // namespace twinhull
