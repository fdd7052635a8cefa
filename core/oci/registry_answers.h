// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// The tags in what "skopeo list-tags" prints. A registry's words: at most 100,000 of them, Corrupt otherwise.
Result<std::vector<std::string>> decodeTagList(std::string_view json);

} // namespace twinhull
