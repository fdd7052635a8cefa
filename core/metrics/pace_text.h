// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/tick_pace.h"

#include <QString>

#include <cstdint>

namespace twinhull {

/// "Reads every 2 s: the computer is busy"; empty where it reads as often as asked.
QString paceTitle(PaceReason reason, std::int64_t intervalMilliseconds);
/// Why, from when on, and how it comes back; empty as well.
QString paceExplanation(PaceReason reason);
/// For programs: "own_cost", "busy_computer"; empty as well.
QString paceKey(PaceReason reason);

} // namespace twinhull
