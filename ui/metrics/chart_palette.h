// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_id.h"
#include "ui/metrics/plot_marker.h"

#include <QColor>
#include <QFont>

namespace twinhull {

/// The colour of a kind; further workloads of the same kind get lighter and darker ones. `ordinal` counts within the
/// kind from 0.
QColor chartColor(WorkloadKind kind, int ordinal);

/// Solid for the first of its kind, then dashes: colour alone never tells lines apart.
Qt::PenStyle chartPenStyle(int ordinal);

/// Where the dashes begin again lines have marks; style and mark together are another for each of 24 of a kind.
PlotMarker chartMarker(int ordinal);

/// Of the parts of one workload; told apart by people who see no red or no green, too.
QColor chartPartColor(int part);

/// The same line of another range of time: fainter, and always with short dashes.
QColor chartUnderColor(const QColor& color);

/// The outline of what all areas of another range of time came to.
QColor chartUnderTotalColor();

/// The fill of an area whose edge has that colour.
QColor chartAreaColor(const QColor& color);

/// Between the least and the greatest of steps whose mean is drawn in that colour.
QColor chartRangeColor(const QColor& color);

/// The line of the difference; fainter than those that were read.
QColor chartDifferenceColor();

/// The fill between two lines.
QColor chartBandColor();

/// Labels of axes and marks.
QFont chartFont();

} // namespace twinhull
