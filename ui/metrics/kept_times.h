// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/settings.h"
#include "ui/metrics/series_source.h"

namespace twinhull {

/// Shows the length of time and the second range that were chosen in an earlier run, and keeps what is chosen from now
/// on. What was only zoomed or moved to is of the moment and not kept,
/// nor is a second range that was chosen freely. `settings` must outlive the source.
void keepTimes(
    Settings& settings, const Setting<int>& spanSeconds, const Setting<QString>& overlay, SeriesSource& source);

} // namespace twinhull
