// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/figure_rows.h"

#include "core/base/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace twinhull {

namespace {

constexpr std::array kRows{
    FigureRow{ "startup_ms", &RunFigures::startupMilliseconds, FigureUnit::Milliseconds,
        QT_TRANSLATE_NOOP("FigureRow", "Start to entrypoint"), false },
    FigureRow{ "memory_host_bytes", &RunFigures::memoryHostBytes, FigureUnit::Bytes,
        QT_TRANSLATE_NOOP("FigureRow", "Memory on the host"), false },
    FigureRow{ "cpu_seconds", &RunFigures::cpuSeconds, FigureUnit::Seconds,
        QT_TRANSLATE_NOOP("FigureRow", "CPU time on the host"), true },
    FigureRow{ "work_ms", &RunFigures::workMilliseconds, FigureUnit::Milliseconds,
        QT_TRANSLATE_NOOP("FigureRow", "Time for the work"), true },
    FigureRow{ "disk_bytes", &RunFigures::diskBytes, FigureUnit::Bytes, QT_TRANSLATE_NOOP("FigureRow", "Disk"), false },
};

QString rangeText(const QString& low, const QString& high)
{
    if (low == high)
        return low;
    const auto space = low.indexOf(u' ');
    const QString unit = space > 0 ? low.mid(space) : QString();
    const bool isPlain = std::none_of(unit.begin(), unit.end(), [](QChar c) { return c.isDigit(); }); // not "1 h 5 min"
    const bool haveSameUnit = !unit.isEmpty() && isPlain && high.mid(high.indexOf(u' ')) == unit;
    return QCoreApplication::translate("FigureRow", "%1 to %2").arg(haveSameUnit ? low.left(space) : low, high);
}

} // namespace

std::span<const FigureRow> figureRows()
{
    return kRows;
}

QString titleOf(const FigureRow& row)
{
    return QCoreApplication::translate("FigureRow", row.title);
}

QString formatFigure(double value, FigureUnit unit)
{
    if (unit == FigureUnit::Bytes) {
        const auto text
            = QString::fromStdString(formatBytes(static_cast<std::uint64_t>(std::llround(std::fabs(value)))));
        return value < 0 ? QLatin1Char('-') + text : text;
    }
    if (unit == FigureUnit::Cores)
        return QCoreApplication::translate("FigureRow", "%1 % of a core").arg(value * 100, 0, 'f', 1);
    const double nanoseconds = value * (unit == FigureUnit::Seconds ? 1e9 : 1e6);
    return QString::fromStdString(formatDuration(std::chrono::nanoseconds(std::llround(nanoseconds))));
}

QString formatDifference(double value, FigureUnit unit)
{
    const QString text = formatFigure(value, unit);
    return value > 0 ? QLatin1Char('+') + text : text;
}

QString formatRange(const Interval& interval, FigureUnit unit)
{
    return rangeText(formatFigure(interval.low, unit), formatFigure(interval.high, unit));
}

QString formatDifferenceRange(const Interval& interval, FigureUnit unit)
{
    return rangeText(formatDifference(interval.low, unit), formatDifference(interval.high, unit));
}

QString formatRatio(const Figure& container, const Figure& vm)
{
    if (!container.value || !vm.value || *container.value <= 0)
        return {};
    const double ratio = *vm.value / *container.value;
    const int decimals = ratio >= 10 ? 0 : ratio >= 1 ? 1 : 2;
    return QString::number(ratio, 'f', decimals) + QStringLiteral(" ×");
}

} // namespace twinhull
