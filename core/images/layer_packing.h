// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <optional>
#include <string>

namespace twinhull {

/// "+gzip" or "+zstd" where the file is packed so, "" where it is a tar, nothing where no layer may be packed like
/// that.
Result<std::optional<std::string>> packingOf(const std::string& path);

} // namespace twinhull
