// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/readings_export.h"

#include "core/metrics/metric_legend.h"
#include "ui/metrics/readings.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>
#include <cmath>
#include <map>

namespace twinhull {

namespace {

double secondsIn(const TimePoint& point, const TimeWindow& window)
{
    const auto nanoseconds = static_cast<double>(point.monotonicNanoseconds - window.toNanoseconds);
    return std::round(nanoseconds / 1e6) / 1e3;
}

bool isInside(const TimePoint& point, const TimeWindow& window)
{
    return point.monotonicNanoseconds >= window.fromNanoseconds;
}

QByteArray kindName(WorkloadKind kind)
{
    return kind == WorkloadKind::Container ? "container" : "vm";
}

/// Quoted as RFC 4180 says.
QByteArray quoted(const QString& text)
{
    return '"' + QString(text).replace(u'"', QStringLiteral("\"\"")).toUtf8() + '"';
}

void appendLines(QByteArray& csv, const MetricRings& rings, const WorkloadInfo& info, const TimeWindow& window)
{
    std::map<double, std::array<QByteArray, kMetricCount>> ticks;
    for (const MetricRow& row : metricCatalogue()) {
        for (const TimePoint& point : readingsOf(rings, info.id, row.metric, window)) {
            if (isInside(point, window))
                ticks[std::round(secondsIn(point, window) * 10) / 10].at(static_cast<std::size_t>(row.metric))
                    = QByteArray::number(double{ point.value }, 'g', 9);
        }
    }
    for (const auto& [seconds, values] : ticks) {
        csv += QByteArray::number(seconds) + ',' + quoted(info.name) + ',' + kindName(info.id.kind);
        for (const QByteArray& value : values)
            csv += ',' + value;
        csv += '\n';
    }
}

/// What the figures that the latest tick could not read need, by their keys.
QJsonObject missingOf(const MetricRings& rings, const WorkloadInfo& info)
{
    QJsonObject missing;
    const MetricPoint* point = currentPoint(rings, info.id);
    for (const MetricRow& row : metricCatalogue()) {
        const Needs needs = point != nullptr ? (*point)[row.metric].needs() : Needs::Nothing;
        if (needs != Needs::Nothing)
            missing.insert(QLatin1String(row.about.key), sentenceFor(needs));
    }
    return missing;
}

} // namespace

QStringList readingsCsvColumns()
{
    QStringList columns{ QStringLiteral("seconds"), QStringLiteral("workload"), QStringLiteral("kind") };
    for (const MetricRow& row : metricCatalogue())
        columns << QLatin1String(row.about.key);
    return columns;
}

QByteArray readingsAsCsv(const MetricRings& rings, std::span<const WorkloadInfo> workloads, const TimeWindow& window)
{
    QByteArray csv = readingsCsvColumns().join(u',').toUtf8() + '\n';
    for (const WorkloadInfo& info : workloads)
        appendLines(csv, rings, info, window);
    return csv;
}

QByteArray readingsAsJson(const MetricRings& rings, std::span<const WorkloadInfo> workloads, const TimeWindow& window)
{
    QJsonArray all;
    for (const WorkloadInfo& info : workloads) {
        QJsonObject one{ { QStringLiteral("name"), info.name },
            { QStringLiteral("kind"), QString::fromLatin1(kindName(info.id.kind)) } };
        for (const MetricRow& row : metricCatalogue()) {
            QJsonArray points;
            for (const TimePoint& point : readingsOf(rings, info.id, row.metric, window)) {
                if (isInside(point, window))
                    points.append(QJsonArray{ secondsIn(point, window), double{ point.value } });
            }
            one.insert(QLatin1String(row.about.key), points);
        }
        const MetricPoint* latest = currentPoint(rings, info.id);
        one.insert(QStringLiteral("network_is_guest_view"), latest != nullptr && latest->isNetworkGuestView);
        one.insert(QStringLiteral("missing"), missingOf(rings, info));
        all.append(one);
    }
    const QJsonObject root{ { QStringLiteral("format"), QStringLiteral("twinhull-readings") },
        { QStringLiteral("version"), 2 }, { QStringLiteral("figures"), metricLegend() },
        { QStringLiteral("workloads"), all } };
    return QJsonDocument(root).toJson();
}

} // namespace twinhull
