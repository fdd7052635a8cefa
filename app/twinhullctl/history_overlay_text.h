// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/history_overlay.h"

#include <QJsonArray>

namespace twinhull {

/// One figure of both; where a side has no reading of it, what that needs.
struct OverlaidFigure {
    Metric metric = Metric::CpuCores;
    Overlaid overlaid;
    QString firstMissing;
    QString secondMissing;
};

/// What stands against what, and the figures that were asked.
struct OverlaidPair {
    HistoryWorkload first;
    HistoryWorkload second;
    HistorySpan span; ///< of the first
    std::int64_t secondFromMilliseconds = 0;
    std::vector<OverlaidFigure> figures;
    std::vector<HistoryEvent> firstEvents = {}; ///< what happened in its range
    std::vector<HistoryEvent> secondEvents = {};
};

/// {"first": {"name", "kind", "id", "from_ms", "events": [{"time_ms", "event"}, …]}, "second": {…}, "length_ms",
/// "figures": [{"key", "unit", "side", "source", "step_ms", "mean": {"first", "second", "difference", "ratio"},
/// "columns": ["offset_ms", "first", "second", "difference", "ratio"], "points": [[…], …], "missing": {"first",
/// "second"}}]}. Means; null where one was not read, and there is no ratio to 0. The mean is over the steps that both
/// have, each by how long both tell of it. Missing: why a side has no reading; null where it has.
QJsonObject overlaidJson(const OverlaidPair& pair);
/// Without the line of headings, which is kOverlaidCsvHeading.
QString overlaidCsv(const OverlaidPair& pair);
extern const char* const kOverlaidCsvHeading;
QString overlaidTable(const OverlaidPair& pair);

} // namespace twinhull
