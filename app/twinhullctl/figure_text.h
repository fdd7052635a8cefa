// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"

namespace twinhull {

/// A figure as a person reads it in a table: "12.5 %", "64 MiB", "1.2 MB/s".
QString figureText(MetricUnit unit, double value);

} // namespace twinhull
