// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <string>
#include <vector>

namespace twinhull {

/// Becomes the program, looked for in the search path where it has no folder; returns only when that fails.
Error becomeProgram(const std::vector<std::string>& words);

} // namespace twinhull
