// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/ipc/keeper_arguments.h"

namespace twinhull {

/// Starts a keeper in the background, unless one answers in that folder already: returns when one listens. The helper
/// that a killed keeper left is ended before. Starters wait for each other. In the keeper's own process this never
/// returns.
Result<> startKeeper(const KeeperArguments& arguments);

} // namespace twinhull
