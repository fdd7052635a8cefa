// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/load/load.h"

namespace twinhull {

/// The argument with which this program ends at once: what the fork load's children execute.
constexpr const char* kEndAtOnce = "--end-at-once";

Result<LoadReport> forkAndExecute(const LoadOptions& options);

} // namespace twinhull
