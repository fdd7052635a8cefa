// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/load/load.h"

namespace twinhull {

Result<LoadReport> spin(const LoadOptions& options);
/// Works and rests in stretches of 10 ms, so that its own CPU time over its wall time is the share that was asked for.
Result<LoadReport> burn(const LoadOptions& options);
Result<LoadReport> callKernel(const LoadOptions& options);

} // namespace twinhull
