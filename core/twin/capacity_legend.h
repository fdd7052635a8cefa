// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace twinhull {

/// The figures of capacityJson(), by key, as metricLegend() has those of the catalogue: {"title", "unit", "meaning",
/// "source"}. In English, as the keys are.
QJsonObject capacityLegend();

} // namespace twinhull
