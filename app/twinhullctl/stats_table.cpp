// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/stats_table.h"

#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/text.h"

#include <QDateTime>
#include <QJsonArray>

#include <array>

namespace twinhull {

namespace {

struct Column {
    Metric metric;
    const char* key;
};

constexpr std::array kColumns{
    Column{ Metric::CpuCores, "cpu_cores" },
    Column{ Metric::MemoryBytes, "memory_bytes" },
    Column{ Metric::PssBytes, "pss_bytes" },
    Column{ Metric::DiskReadRate, "disk_read_bytes_per_second" },
    Column{ Metric::DiskWriteRate, "disk_write_bytes_per_second" },
    Column{ Metric::NetworkReceiveRate, "network_receive_bytes_per_second" },
    Column{ Metric::NetworkSendRate, "network_send_bytes_per_second" },
};

QString bytes(std::optional<double> value)
{
    return value ? QString::fromStdString(formatBytes(static_cast<std::uint64_t>(*value))) : QString();
}

QString rate(std::optional<double> value)
{
    return value ? QString::fromStdString(formatRate(*value)) : QString();
}

QString percent(std::optional<double> cores)
{
    return cores ? QString::number(*cores * 100, 'f', 1) + QStringLiteral(" %") : QString();
}

QString nameOf(const WorkloadRegistry& registry, const WorkloadId& id)
{
    const auto info = registry.find(id);
    return info ? info->name : id.key;
}

QString isoTime(const MetricsFrame& frame)
{
    return QDateTime::fromMSecsSinceEpoch(frame.wallMilliseconds, Qt::UTC).toString(Qt::ISODateWithMs);
}

/// RFC 4180: quoted where it must be.
QString csvText(const QString& text)
{
    if (!text.contains(u',') && !text.contains(u'"') && !text.contains(u'\n'))
        return text;
    return QLatin1Char('"') + QString(text).replace(u'"', QStringLiteral("\"\"")) + QLatin1Char('"');
}

} // namespace

QString statsTable(const WorkloadRegistry& registry, const MetricsFrame& frame)
{
    TextTable table({ QStringLiteral("NAME"), QStringLiteral("KIND"), QStringLiteral("CPU"), QStringLiteral("MEMORY"),
        QStringLiteral("PSS"), QStringLiteral("DISK READ"), QStringLiteral("WRITTEN"), QStringLiteral("NET IN"),
        QStringLiteral("OUT") });
    for (const auto& point : frame.points)
        table.add({ nameOf(registry, point.id), textOf(point.id.kind), percent(point[Metric::CpuCores]),
            bytes(point[Metric::MemoryBytes]), bytes(point[Metric::PssBytes]), rate(point[Metric::DiskReadRate]),
            rate(point[Metric::DiskWriteRate]), rate(point[Metric::NetworkReceiveRate]),
            rate(point[Metric::NetworkSendRate]) });
    return table.toText();
}

QJsonObject statsJson(const WorkloadRegistry& registry, const MetricsFrame& frame)
{
    QJsonArray workloads;
    for (const auto& point : frame.points) {
        QJsonObject object{
            { QStringLiteral("id"), point.id.key },
            { QStringLiteral("kind"), textOf(point.id.kind) },
            { QStringLiteral("name"), nameOf(registry, point.id) },
            { QStringLiteral("network_is_guest_view"), point.isNetworkGuestView },
            { QStringLiteral("missing"), point.missing.isEmpty() ? QJsonValue() : QJsonValue(point.missing) },
        };
        for (const auto& column : kColumns) {
            const auto value = point[column.metric];
            object[QLatin1String(column.key)] = value ? QJsonValue(*value) : QJsonValue();
        }
        workloads.append(object);
    }
    return { { QStringLiteral("time"), isoTime(frame) }, { QStringLiteral("workloads"), workloads } };
}

QString csvHeading()
{
    QString line = QStringLiteral("time,id,kind,name");
    for (const auto& column : kColumns)
        line += QLatin1Char(',') + QLatin1String(column.key);
    return line + QLatin1Char('\n');
}

QString csvLines(const WorkloadRegistry& registry, const MetricsFrame& frame)
{
    QString lines;
    for (const auto& point : frame.points) {
        QStringList cells{ isoTime(frame), point.id.key, textOf(point.id.kind), csvText(nameOf(registry, point.id)) };
        for (const auto& column : kColumns) {
            const auto value = point[column.metric];
            cells << (value ? QString::number(*value, 'g', 12) : QString());
        }
        lines += cells.join(u',') + QLatin1Char('\n');
    }
    return lines;
}

} // namespace twinhull
