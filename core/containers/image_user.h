// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/image_user.h"

#include <string>
#include <vector>

namespace twinhull {

/// resolveUser() against /etc/passwd and /etc/group of the unpacked layers, highest first; never through a link that
/// leaves its layer.
Result<ImageUser> resolveImageUser(const std::string& user, const std::vector<std::string>& layers);

/// The text of the file in the highest layer that has or hides it, by the same rules; empty where none does. At most
/// 4 MiB.
Result<std::string> readFromLayers(const std::vector<std::string>& layers, const char* path);

} // namespace twinhull
