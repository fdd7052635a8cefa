// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/twin/report.h"

#include <QByteArray>

class QPixmap;

namespace twinhull {

/// A report's picture (Report::toSvg()) as PNG, two pixels a unit. Needs a QGuiApplication, for its fonts.
Result<QByteArray> picturePng(const QByteArray& svg);
Result<QByteArray> reportPng(const Report& report);
/// What was painted already. A picture without a pixel is an error.
Result<QByteArray> pngOf(const QPixmap& picture);

} // namespace twinhull
