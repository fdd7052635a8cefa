// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/figure_rows.h"

#include "core/base/text.h"

#include <QCoreApplication>

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
    const double nanoseconds = value * (unit == FigureUnit::Seconds ? 1e9 : 1e6);
    return QString::fromStdString(formatDuration(std::chrono::nanoseconds(std::llround(nanoseconds))));
}

QString formatDifference(double value, FigureUnit unit)
{
    const QString text = formatFigure(value, unit);
    return value > 0 ? QLatin1Char('+') + text : text;
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
