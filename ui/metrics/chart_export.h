// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_figures.h"

#include <QByteArray>
#include <QStringList>

namespace twinhull {

/// A mark on the time axis.
struct ChartEvent {
    std::int64_t monotonicNanoseconds = 0;
    QString word; ///< "VM started"
};

/// A chart as it is shown.
struct ExportedChart {
    const ChartFigures& figures;
    Quantity quantity;
    std::int64_t overlayNanoseconds = 0; ///< how much earlier the range under it is
    std::span<const ChartEvent> events = {}; ///< those outside the window are left out
};

/// A line a reading within the shown range: time (ISO 8601, UTC), line, kind, figure (keys of
/// core/metrics/metric_catalogue.h, with + where they are added up; difference or ratio after a colon), unit, least,
/// mean, greatest. The three are equal where a tick was read; a step of the history has all. The range that lies under
/// it has its own times. Then a line a mark: its time, its word as the line, "event" as the kind, and nothing else;
/// marks that several charts have stand once.
QStringList chartCsvColumns();
QByteArray chartsAsCsv(std::span<const ExportedChart> charts);
/// {"format": "twinhull-charts", "version": 1, "charts": [{"title", "from_ms", "to_ms", "lines": [{"line", "kind",
/// "figure", "unit", "columns": ["time_ms", "least", "mean", "greatest"], "points": [[…], …]}], "events": [{"time_ms",
/// "event"}]}]}
QByteArray chartsAsJson(std::span<const ExportedChart> charts);

} // namespace twinhull
