// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison_report.h"

namespace twinhull {

/// As ComparisonReport::checkName(), and FILE.png. Unavailable where the program that paints is not installed.
Result<> checkReportName(const QString& path);

/// As ComparisonReport::write(). A picture is painted by the window's program, because this one has no fonts: a second
/// at most in which it blocks.
Result<> writeReport(const Report& report, const QString& path);

} // namespace twinhull
