// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/history_database.h"

#include <QJsonArray>
#include <QJsonObject>

#include <span>

namespace twinhull {

/// One figure of one workload over the time that was asked for.
struct ToldFigure {
    Metric metric = Metric::CpuCores;
    std::vector<HistoryPoint> points;
    QString missing; ///< why it has none; empty where it has
};

Result<ToldFigure> toldFigure(const HistoryDatabase& database, const HistoryWorkload& workload, Metric metric,
    const HistorySpan& span, std::size_t mostPoints);

QString historyTimeText(std::int64_t wallMilliseconds);
/// What each line of one workload's CSV begins with: time, ID, kind, name.
QString historyCsvBeginning(std::int64_t wallMilliseconds, const HistoryWorkload& workload);

/// {"key", "unit", "side", "source", "columns", "points": [[time_ms, least, mean, greatest], …], "missing": null or why
/// there is no point}.
QJsonObject historyFigureJson(const ToldFigure& told);
/// A line a point: a stretch has a least and a greatest reading beside its mean.
QString historyFigureCsv(const HistoryWorkload& workload, const ToldFigure& told);
/// The figures of one workload side by side, mean and greatest of each stretch, and below what the others need.
QString historyFigureTable(const HistoryWorkload& workload, std::span<const ToldFigure> figures);

/// [{"time_ms", "event"}, …].
QJsonArray historyEventsJson(std::span<const HistoryEvent> events);
QString historyEventWords(WorkloadEventKind kind); ///< "out of memory"
/// What happened meanwhile, below a table of figures: the latest 50, and how many there were before. Empty where
/// nothing did.
QString historyMarksTable(std::span<const HistoryEvent> events);

} // namespace twinhull
