// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace twinhull {

/// What stands on a line every now and then.
enum class PlotMarker { None, Disc, Square, Triangle, Diamond, Cross };
constexpr int kPlotMarkerCount = 6;

} // namespace twinhull
