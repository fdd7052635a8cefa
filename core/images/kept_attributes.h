// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <map>
#include <string>

namespace twinhull {

/// Those extended attributes of a file that images have: user.* but overlayfs's own, and security.capability. Empty
/// where the file system has none.
Result<std::map<std::string, std::string>> keptAttributesOf(int file);

} // namespace twinhull
