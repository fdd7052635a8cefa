// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace twinhull {

/// The catalogue for a file of figures, by key: {"cpu_cores": {"title", "unit", "side": "host"|"guest",
/// "kind": "level"|"rate"|"share", "meaning", "source"}, …}. In English, as the keys are.
QJsonObject metricLegend();
QJsonObject hostMetricLegend();

} // namespace twinhull
