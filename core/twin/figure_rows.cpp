// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/figure_rows.h"

#include "core/base/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace twinhull {

namespace {

const std::array kRows{
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

const FigureRow kWorkRow{ "work_figure", &RunFigures::workFigure, FigureUnit::Named,
    QT_TRANSLATE_NOOP("FigureRow", "Figure of the work"), true };

const std::array kTurnRows{
    FigureRow{ "work_p95", &RunFigures::turn95, FigureUnit::Named, QT_TRANSLATE_NOOP("FigureRow", "95th percentile"),
        true, Better::Lower },
    FigureRow{ "work_p99", &RunFigures::turn99, FigureUnit::Named, QT_TRANSLATE_NOOP("FigureRow", "99th percentile"),
        true, Better::Lower },
};

/// Four digits that count, without an exponent as long as people can read it.
QString formatNumber(double value)
{
    const double size = std::fabs(value);
    if (size >= 1e12 || (size > 0 && size < 1e-3))
        return QString::number(value, 'g', 4);
    const int decimals = size >= 1000 || size == 0 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
    return QString::number(value, 'f', decimals);
}

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

FigureUnit FigureUnit::named(const QString& name)
{
    FigureUnit unit(Named);
    unit.m_name = name;
    return unit;
}

std::span<const FigureRow> figureRows()
{
    return kRows;
}

std::vector<FigureRow> figureRows(const std::optional<WorkScale>& scale)
{
    std::vector<FigureRow> rows(kRows.begin(), kRows.end());
    if (!scale)
        return rows;
    FigureRow own = kWorkRow;
    own.unit = FigureUnit::named(scale->unit);
    own.better = scale->better;
    const auto time = std::find_if(
        rows.begin(), rows.end(), [](const auto& row) { return row.figure == &RunFigures::workMilliseconds; });
    auto place = std::next(rows.insert(std::next(time), own));
    for (FigureRow row : kTurnRows) {
        if (scale->turnUnit.isEmpty())
            break;
        row.unit = FigureUnit::named(scale->turnUnit);
        place = std::next(rows.insert(place, row));
    }
    return rows;
}

QString titleOf(const FigureRow& row)
{
    return QCoreApplication::translate("FigureRow", row.title);
}

QString capitalized(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

QString formatFigure(double value, const FigureUnit& unit)
{
    if (unit.kind() == FigureUnit::Named)
        return unit.name().isEmpty() ? formatNumber(value) : formatNumber(value) + QLatin1Char(' ') + unit.name();
    if (unit.kind() == FigureUnit::Bytes) {
        const auto text
            = QString::fromStdString(formatBytes(static_cast<std::uint64_t>(std::llround(std::fabs(value)))));
        return value < 0 ? QLatin1Char('-') + text : text;
    }
    if (unit.kind() == FigureUnit::Cores)
        return QCoreApplication::translate("FigureRow", "%1 % of a core").arg(value * 100, 0, 'f', 1);
    const double nanoseconds = value * (unit.kind() == FigureUnit::Seconds ? 1e9 : 1e6);
    return QString::fromStdString(formatDuration(std::chrono::nanoseconds(std::llround(nanoseconds))));
}

QString formatDifference(double value, const FigureUnit& unit)
{
    const QString text = formatFigure(value, unit);
    return value > 0 ? QLatin1Char('+') + text : text;
}

QString formatRange(const Interval& interval, const FigureUnit& unit)
{
    return rangeText(formatFigure(interval.low, unit), formatFigure(interval.high, unit));
}

QString formatDifferenceRange(const Interval& interval, const FigureUnit& unit)
{
    return rangeText(formatDifference(interval.low, unit), formatDifference(interval.high, unit));
}

QByteArray csvText(const QString& text)
{
    QByteArray quoted = text.toUtf8();
    return quoted.isEmpty() ? quoted : '"' + quoted.replace('"', "\"\"") + '"';
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
