// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_export.h"

#include "core/metrics/metric_catalogue.h"
#include "ui/metrics/units.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <set>

namespace twinhull {

namespace {

struct ExportedPoint {
    std::int64_t wallMilliseconds = 0;
    float least = 0;
    float mean = 0;
    float greatest = 0;
};

struct ExportedLine {
    QString label;
    QString kind; ///< empty for a difference or ratio
    QString figure;
    QString unit;
    std::vector<ExportedPoint> points;
};

QString keysOf(Quantity quantity)
{
    QStringList keys;
    for (const Metric metric : quantity.metrics())
        keys << QLatin1String(about(metric).key);
    return keys.join(u'+');
}

QString unitNameOf(Quantity quantity)
{
    return QLatin1String(nameOf(about(quantity.metrics().front()).unit));
}

/// Those of a step stand at the same place in all three.
std::vector<ExportedPoint> pointsOf(const SeriesReadings& series, const TimeWindow& window, std::int64_t ahead)
{
    std::vector<ExportedPoint> points;
    for (std::size_t i = 0; i < series.means.size(); ++i) {
        const TimePoint& mean = series.means[i];
        if (mean.monotonicNanoseconds < window.fromNanoseconds || mean.monotonicNanoseconds > window.toNanoseconds)
            continue;
        const bool isStep = i < series.highs.size();
        points.push_back({ (mean.monotonicNanoseconds + ahead) / 1'000'000, isStep ? series.lows[i].value : mean.value,
            mean.value, isStep ? series.highs[i].value : mean.value });
    }
    return points;
}

std::vector<ExportedLine> exportedLines(const ExportedChart& chart)
{
    std::vector<ExportedLine> lines;
    const std::int64_t ahead = wallClockAhead();
    const auto add = [&](const ChartLine& line, std::int64_t shift) {
        const bool isContainer = line.workload.id.kind == WorkloadKind::Container;
        lines.push_back({ line.workload.label, isContainer ? QStringLiteral("container") : QStringLiteral("vm"),
            keysOf(line.quantity), unitNameOf(line.quantity),
            pointsOf(line.readings, chart.figures.window, ahead + shift) });
    };
    for (const ChartLine& line : chart.figures.lines)
        add(line, 0);
    for (const ChartLine& line : chart.figures.under)
        add(line, -chart.overlayNanoseconds);
    for (const DerivedLine& derived : chart.figures.derived) {
        const bool isRatio = chart.figures.mode == ChartMode::Ratio;
        const QString name = isRatio ? QStringLiteral("ratio") : QStringLiteral("difference");
        const bool isOne = chart.figures.derived.size() == 1;
        lines.push_back({ isOne ? name : chart.figures.lines[derived.line].workload.label, {},
            keysOf(chart.quantity) + u':' + name, isRatio ? QStringLiteral("times") : unitNameOf(chart.quantity),
            pointsOf({ derived.values, {}, {}, {}, 0 }, chart.figures.window, ahead) });
    }
    return lines;
}

/// Quoted as RFC 4180 says.
QByteArray quotedField(const QString& text)
{
    return '"' + QString(text).replace(u'"', QStringLiteral("\"\"")).toUtf8() + '"';
}

bool isShown(const ExportedChart& chart, const ChartEvent& event)
{
    const TimeWindow& window = chart.figures.window;
    return event.monotonicNanoseconds >= window.fromNanoseconds && event.monotonicNanoseconds <= window.toNanoseconds;
}

/// Of all charts, each once, by time.
std::set<std::pair<std::int64_t, QString>> shownEvents(std::span<const ExportedChart> charts)
{
    std::set<std::pair<std::int64_t, QString>> events;
    for (const ExportedChart& chart : charts) {
        for (const ChartEvent& event : chart.events) {
            if (isShown(chart, event))
                events.emplace(event.monotonicNanoseconds, event.word);
        }
    }
    return events;
}

QByteArray timeOf(std::int64_t wallMilliseconds)
{
    return QDateTime::fromMSecsSinceEpoch(wallMilliseconds, Qt::UTC).toString(Qt::ISODateWithMs).toUtf8();
}

QByteArray numberText(float value)
{
    return QByteArray::number(double{ value }, 'g', 9);
}

} // namespace

QStringList chartCsvColumns()
{
    return { QStringLiteral("time"), QStringLiteral("line"), QStringLiteral("kind"), QStringLiteral("figure"),
        QStringLiteral("unit"), QStringLiteral("least"), QStringLiteral("mean"), QStringLiteral("greatest") };
}

QByteArray chartsAsCsv(std::span<const ExportedChart> charts)
{
    QByteArray csv = chartCsvColumns().join(u',').toUtf8() + '\n';
    for (const ExportedChart& chart : charts) {
        for (const ExportedLine& line : exportedLines(chart)) {
            const QByteArray middle = ',' + quotedField(line.label) + ',' + line.kind.toUtf8() + ','
                + line.figure.toUtf8() + ',' + line.unit.toUtf8() + ',';
            for (const ExportedPoint& point : line.points) {
                csv += timeOf(point.wallMilliseconds) + middle + numberText(point.least) + ',' + numberText(point.mean)
                    + ',' + numberText(point.greatest) + '\n';
            }
        }
    }
    const std::int64_t ahead = wallClockAhead();
    for (const auto& [moment, word] : shownEvents(charts))
        csv += timeOf((moment + ahead) / 1'000'000) + ',' + quotedField(word) + ",event,,,,,\n";
    return csv;
}

QByteArray chartsAsJson(std::span<const ExportedChart> charts)
{
    QJsonArray all;
    const auto millisecondsOf = [ahead = wallClockAhead()](std::int64_t monotonicNanoseconds) -> double {
        const std::int64_t whole = (monotonicNanoseconds + ahead) / 1'000'000;
        return static_cast<double>(whole);
    };
    const QJsonArray columns{ QStringLiteral("time_ms"), QStringLiteral("least"), QStringLiteral("mean"),
        QStringLiteral("greatest") };
    for (const ExportedChart& chart : charts) {
        QJsonArray lines;
        for (const ExportedLine& line : exportedLines(chart)) {
            QJsonArray points;
            for (const ExportedPoint& point : line.points)
                points.append(QJsonArray{ double(point.wallMilliseconds), double{ point.least }, double{ point.mean },
                    double{ point.greatest } });
            lines.append(QJsonObject{ { QStringLiteral("line"), line.label }, { QStringLiteral("kind"), line.kind },
                { QStringLiteral("figure"), line.figure }, { QStringLiteral("unit"), line.unit },
                { QStringLiteral("columns"), columns }, { QStringLiteral("points"), points } });
        }
        QJsonArray events;
        for (const auto& [moment, word] : shownEvents(std::span(&chart, 1)))
            events.append(QJsonObject{
                { QStringLiteral("time_ms"), millisecondsOf(moment) }, { QStringLiteral("event"), word } });
        all.append(QJsonObject{ { QStringLiteral("title"), titleOf(chart.quantity) },
            { QStringLiteral("from_ms"), millisecondsOf(chart.figures.window.fromNanoseconds) },
            { QStringLiteral("to_ms"), millisecondsOf(chart.figures.window.toNanoseconds) },
            { QStringLiteral("lines"), lines }, { QStringLiteral("events"), events } });
    }
    const QJsonObject root{ { QStringLiteral("format"), QStringLiteral("twinhull-charts") },
        { QStringLiteral("version"), 1 }, { QStringLiteral("charts"), all } };
    return QJsonDocument(root).toJson();
}

} // namespace twinhull
