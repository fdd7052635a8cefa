// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/plot_item.h"

namespace twinhull {

/// The x from which on `now` looks other than `before` would, moved to the left by so many pixels; the right end of the
/// area where it does not. Nothing where that cannot be told: dashes, markers, marks and words do not move along.
std::optional<double> partingOf(const PlotContents& before, const PlotContents& now, int moved, const QRectF& area);

} // namespace twinhull
