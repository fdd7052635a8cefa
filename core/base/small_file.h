// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <string>

namespace twinhull {

/// The text of a file that a person names: a regular file alone, read once, never waited for (a FIFO, a device or a
/// folder is InvalidArgument), and Corrupt where it is larger.
Result<std::string> readSmallFile(const std::string& path, std::size_t limitBytes);

} // namespace twinhull
