// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace twinhull {

/// Whether images have extended attributes of this name: security.capability, and user.* but those by which overlayfs
/// and fuse-overlayfs see other files, owners or modes than are there.
bool isImageAttribute(std::string_view name);

/// Those of a file. Empty where the file system has none.
Result<std::map<std::string, std::string>> keptAttributesOf(int file);

} // namespace twinhull
