// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/stats_table.h"

#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/text.h"
#include "core/metrics/metric_catalogue.h"
#include "core/metrics/metric_legend.h"

#include <QDateTime>
#include <QJsonArray>

#include <algorithm>
#include <vector>

namespace twinhull {

namespace {

QString textOf(MetricUnit unit, double value)
{
    switch (unit) {
    case MetricUnit::Cores:
    case MetricUnit::Share:
        return QString::number(value * 100, 'f', 1) + QStringLiteral(" %");
    case MetricUnit::Percent:
        return QString::number(value, 'f', 1) + QStringLiteral(" %");
    case MetricUnit::Bytes:
        return QString::fromStdString(formatBytes(static_cast<std::uint64_t>(value)));
    case MetricUnit::BytesPerSecond:
        return QString::fromStdString(formatRate(value));
    }
    return {};
}

/// What the absent figures of a table need, numbered as they are met.
class Notes {
public:
    QString markFor(Needs needs)
    {
        const auto found = std::find(m_needs.begin(), m_needs.end(), needs);
        const auto number = found - m_needs.begin() + 1;
        if (found == m_needs.end())
            m_needs.push_back(needs);
        return QStringLiteral("[%1]").arg(number);
    }

    QString toText() const
    {
        QString text;
        for (std::size_t i = 0; i < m_needs.size(); ++i)
            text += QStringLiteral("[%1] %2\n").arg(i + 1).arg(sentenceFor(m_needs[i]));
        return text;
    }

private:
    std::vector<Needs> m_needs;
};

/// Numbers under their keys, null and a sentence under "missing" for what could not be read.
template <typename Point, typename Rows>
void insertFigures(QJsonObject& object, const Point& point, const Rows& rows)
{
    QJsonObject missing;
    for (const auto& row : rows) {
        const QLatin1String key(row.about.key);
        const Reading<double>& reading = point[row.metric];
        object[key] = reading ? QJsonValue(*reading) : QJsonValue();
        if (!reading)
            missing[key] = sentenceFor(reading.needs());
    }
    object[QStringLiteral("missing")] = missing.isEmpty() ? QJsonValue() : QJsonValue(missing);
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
    QStringList headings{ QStringLiteral("NAME"), QStringLiteral("KIND") };
    for (const auto& row : metricCatalogue())
        headings << QLatin1String(row.about.heading);
    TextTable table(headings);
    Notes notes;
    for (const auto& point : frame.points) {
        QStringList cells{ nameOf(registry, point.id), textOf(point.id.kind) };
        for (const auto& row : metricCatalogue()) {
            const Reading<double>& reading = point[row.metric];
            cells << (reading ? textOf(row.about.unit, *reading) : notes.markFor(reading.needs()));
        }
        table.add(cells);
    }
    return table.toText() + notes.toText();
}

QJsonObject statsJson(const WorkloadRegistry& registry, const MetricsFrame& frame, FigureLegend legend)
{
    QJsonArray workloads;
    for (const auto& point : frame.points) {
        QJsonObject object{
            { QStringLiteral("id"), point.id.key },
            { QStringLiteral("kind"), textOf(point.id.kind) },
            { QStringLiteral("name"), nameOf(registry, point.id) },
            { QStringLiteral("network_is_guest_view"), point.isNetworkGuestView },
        };
        insertFigures(object, point, metricCatalogue());
        workloads.append(object);
    }
    QJsonObject host;
    insertFigures(host, frame.host, hostMetricCatalogue());
    QJsonObject root{ { QStringLiteral("time"), isoTime(frame) }, { QStringLiteral("workloads"), workloads },
        { QStringLiteral("host"), host } };
    if (legend == FigureLegend::LeftOut)
        return root;
    QJsonObject figures = metricLegend();
    const QJsonObject hostFigures = hostMetricLegend();
    for (auto entry = hostFigures.begin(); entry != hostFigures.end(); ++entry)
        figures.insert(entry.key(), entry.value());
    root.insert(QStringLiteral("figures"), figures);
    return root;
}

QString csvHeading()
{
    QString line = QStringLiteral("time,id,kind,name");
    for (const auto& row : metricCatalogue())
        line += QLatin1Char(',') + QLatin1String(row.about.key);
    return line + QLatin1Char('\n');
}

QString csvLines(const WorkloadRegistry& registry, const MetricsFrame& frame)
{
    QString lines;
    for (const auto& point : frame.points) {
        QStringList cells{ isoTime(frame), point.id.key, textOf(point.id.kind), csvText(nameOf(registry, point.id)) };
        for (const auto& row : metricCatalogue()) {
            const Reading<double>& reading = point[row.metric];
            cells << (reading ? QString::number(*reading, 'g', 12) : QString());
        }
        lines += cells.join(u',') + QLatin1Char('\n');
    }
    return lines;
}

} // namespace twinhull
