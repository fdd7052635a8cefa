// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/readings.h"

#include <QString>

namespace twinhull {

/// How readings of a quantity are written: value / divisor, then the name.
struct Unit {
    double divisor = 1;
    QString name; ///< "%", "MiB", "kB/s"
};

/// The unit in which `largest` has one to four digits before the point. CPU is always percent of one core.
Unit unitFor(Quantity quantity, double largest);

/// "CPU", "Memory, resident", "Network", "Disk".
QString titleOf(Quantity quantity);
/// What it means, its unit and where it is read, for a tool tip.
QString explanationOf(Quantity quantity);
/// The title with the unit of an axis: "CPU, % of one core", "Memory, resident, MiB".
QString axisTitle(Quantity quantity, const Unit& unit);

/// "0.3 %", "148 MiB", "42 kB/s".
QString readingText(Quantity quantity, double value);
QString metricText(MetricUnit unit, double value);
/// The same with its sign: "+137 MiB", "−0.3 %".
QString signedReadingText(Quantity quantity, double value);
/// A value axis with four equal steps that a person can read, in units.
struct AxisScale {
    static constexpr int kSteps = 4;

    double bottom = 0; ///< 0, or -top where something is drawn below 0
    double top = 1;

    friend bool operator==(const AxisScale&, const AxisScale&) = default;
};
/// The smallest readable scale that holds both; below 0 it goes only where `lowest` is a good part of `largest`.
AxisScale axisScale(double lowest, double largest);

} // namespace twinhull
