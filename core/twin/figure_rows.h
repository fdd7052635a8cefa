// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/statistics.h"

#include <span>

namespace twinhull {

/// What a figure is counted in: one of ours, or whatever a work says of its own.
class FigureUnit {
public:
    enum Kind { Milliseconds, Seconds, Bytes, Cores, Named };

    FigureUnit(Kind kind) : m_kind(kind) { } // implicit: FigureUnit::Bytes is a unit
    /// "events/s"; may be empty.
    static FigureUnit named(const QString& name);

    Kind kind() const { return m_kind; }
    const QString& name() const { return m_name; } ///< of a named one

private:
    Kind m_kind;
    QString m_name;
};

/// One line of every table of a comparison: its stable name in JSON (unit included), where its value is, its unit.
struct FigureRow {
    const char* key;
    Figure RunFigures::*figure;
    FigureUnit unit;
    const char* title; ///< for tr() in context "FigureRow"
    bool isAboutCpu; ///< says nothing about hardware when the VM was emulated
    Better better = Better::NotTold; ///< of the work's own figure; of all others less is better
};

/// Those that every comparison has, in the order in which people read them.
std::span<const FigureRow> figureRows();
/// And after the time for the work its own figure ("work_figure"), where it has one, with the percentiles of its
/// turns ("work_p95", "work_p99").
std::vector<FigureRow> figureRows(const std::optional<WorkScale>& scale);

QString titleOf(const FigureRow& row);
/// As at the beginning of a line.
QString capitalized(QString text);
/// "4.1 ms", "148 MiB", "2.5 % of a core", "8120 events/s"; a negative one with its sign.
QString formatFigure(double value, const FigureUnit& unit);
/// As formatFigure with a sign always: "+137 MiB", "-2.0 ms", "0 B".
QString formatDifference(double value, const FigureUnit& unit);
/// "147.9 to 148.2 MiB", "950 ms to 1.02 s", and with signs "+136 to +138 MiB"; one figure where both ends read alike.
QString formatRange(const Interval& interval, const FigureUnit& unit);
QString formatDifferenceRange(const Interval& interval, const FigureUnit& unit);
/// In quotation marks where it is not empty (RFC 4180).
QByteArray csvText(const QString& text);
/// VM by container: "393 ×", "1.2 ×", "0.95 ×"; empty where one is missing or the container's is not positive.
QString formatRatio(const Figure& container, const Figure& vm);

} // namespace twinhull
