// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/report.h"

#include <QByteArray>

namespace twinhull {

/// A report's picture (Report::toSvg()) as PNG, two pixels a unit. Needs a QGuiApplication, for its fonts.
Result<QByteArray> picturePng(const QByteArray& svg);
Result<QByteArray> reportPng(const Report& report);

} // namespace twinhull
