// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/readings_export.h"

#include "ui/metrics/readings.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>
#include <cmath>
#include <map>

namespace twinhull {

namespace {

struct Column {
    Quantity quantity;
    const char* name;
};
constexpr std::array kColumns{
    Column{ Quantity::Cpu, "cpu_cores" },
    Column{ Quantity::Memory, "memory_bytes" },
    Column{ Quantity::Network, "network_bytes_per_second" },
    Column{ Quantity::Disk, "disk_bytes_per_second" },
};

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
    std::map<double, std::array<QByteArray, kColumns.size()>> ticks;
    for (std::size_t column = 0; column < kColumns.size(); ++column) {
        for (const TimePoint& point : readingsOf(rings, info.id, kColumns[column].quantity, window)) {
            if (isInside(point, window))
                ticks[std::round(secondsIn(point, window) * 10) / 10][column]
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

} // namespace

QByteArray readingsAsCsv(const MetricRings& rings, std::span<const WorkloadInfo> workloads, const TimeWindow& window)
{
    QByteArray csv("seconds,workload,kind");
    for (const Column& column : kColumns)
        csv += QByteArray(",") + column.name;
    csv += '\n';
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
        for (const Column& column : kColumns) {
            QJsonArray points;
            for (const TimePoint& point : readingsOf(rings, info.id, column.quantity, window)) {
                if (isInside(point, window))
                    points.append(QJsonArray{ secondsIn(point, window), double{ point.value } });
            }
            one.insert(QLatin1String(column.name), points);
        }
        all.append(one);
    }
    const QJsonObject root{ { QStringLiteral("format"), QStringLiteral("twinhull-readings") },
        { QStringLiteral("version"), 1 }, { QStringLiteral("workloads"), all } };
    return QJsonDocument(root).toJson();
}

} // namespace twinhull
