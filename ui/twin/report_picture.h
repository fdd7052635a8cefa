// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/comparison_report.h"

#include <QByteArray>

namespace twinhull {

/// The report's picture (ComparisonReport::toSvg()) as PNG, two pixels a unit. Needs a QGuiApplication, for its fonts.
Result<QByteArray> reportPng(const ComparisonReport& report);

} // namespace twinhull
