// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

namespace twinhull::runtime {

/// Brings `lo` of the current network namespace up.
Result<> bringLoopbackUp();

} // namespace twinhull::runtime
