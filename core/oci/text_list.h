// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace twinhull::oci {

/// A JSON array of strings on one line, as in descriptors.json of runc and crun.
std::string encodeTexts(const std::vector<std::string>& texts);

/// Errors (Corrupt) name the file.
Result<std::vector<std::string>> decodeTexts(std::string_view json, std::string_view fileName);

} // namespace twinhull::oci
