// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QPainter>
#include <QString>

namespace twinhull {

/// Text whose digits all take the width of the widest one, so that figures that change do not dance and columns line up
/// in any font (Qt 6.4 cannot ask a font for its tabular digits).
qreal tabularWidth(const QFontMetricsF& metrics, const QString& text);

/// One line, with the painter's font and pen, vertically centred in `area`; only the horizontal part of `alignment`
/// counts.
void drawTabular(QPainter& painter, const QRectF& area, Qt::Alignment alignment, const QString& text);

} // namespace twinhull
