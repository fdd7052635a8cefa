// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/statistics.h"

#include <span>

namespace twinhull {

enum class FigureUnit { Milliseconds, Seconds, Bytes, Cores };

/// One line of every table of a comparison: its stable name in JSON (unit included), where its value is, its unit.
struct FigureRow {
    const char* key;
    Figure RunFigures::*figure;
    FigureUnit unit;
    const char* title; ///< for tr() in context "FigureRow"
    bool isAboutCpu; ///< says nothing about hardware when the VM was emulated
};

/// In the order in which people read them.
std::span<const FigureRow> figureRows();

QString titleOf(const FigureRow& row);
/// "4.1 ms", "148 MiB", "2.5 % of a core"; a negative one with its sign.
QString formatFigure(double value, FigureUnit unit);
/// As formatFigure with a sign always: "+137 MiB", "-2.0 ms", "0 B".
QString formatDifference(double value, FigureUnit unit);
/// "147.9 to 148.2 MiB", "950 ms to 1.02 s", and with signs "+136 to +138 MiB"; one figure where both ends read alike.
QString formatRange(const Interval& interval, FigureUnit unit);
QString formatDifferenceRange(const Interval& interval, FigureUnit unit);
/// VM by container: "393 ×", "1.2 ×", "0.95 ×"; empty where one is missing or the container's is not positive.
QString formatRatio(const Figure& container, const Figure& vm);

} // namespace twinhull
