// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/twin_plan.h"

namespace twinhull {

/// The command line of twinhullctl that makes both halves and starts them, word by word.
QStringList twinCommand(const TwinPlan& plan);

} // namespace twinhull
