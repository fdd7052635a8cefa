// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_figures.h"

#include <QString>

#include <optional>

namespace twinhull {

/// Stable words for what a person chose, as they stand in the settings: "stacked", "day_before", "cpu_parts" or the key
/// of a figure. What no name is read as stands in settings that a newer program wrote or a person changed.
QString nameOf(ChartMode mode);
QString nameOf(Overlay overlay);
QString nameOf(Quantity quantity);
std::optional<ChartMode> chartModeFrom(const QString& name);
std::optional<Overlay> overlayFrom(const QString& name);
std::optional<Quantity> quantityFrom(const QString& name);

} // namespace twinhull
