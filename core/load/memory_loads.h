// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/load/load.h"

namespace twinhull {

Result<LoadReport> copyMemory(const LoadOptions& options);
/// Held until the time is over; in anonymous memory of small pages, so that what is touched is what is resident.
Result<LoadReport> touch(const LoadOptions& options);

} // namespace twinhull
