// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/load/load.h"

namespace twinhull {

/// Unsupported where the folder's file system has no direct I/O (of the direct ones).
Result<LoadReport> useFileCached(const LoadOptions& options);
Result<LoadReport> useFileDirect(const LoadOptions& options);
Result<LoadReport> writeSteadily(const LoadOptions& options);

} // namespace twinhull
