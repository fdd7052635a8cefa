// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/stats_table.h"

#include "app/twinhullctl/figure_text.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/metrics/metric_catalogue.h"
#include "core/metrics/metric_legend.h"
#include "core/metrics/pace_text.h"

#include <QDateTime>
#include <QJsonArray>

#include <algorithm>
#include <vector>

namespace twinhull {

namespace {

/// What a table's marks mean: what its absent figures need, numbered as they are met, and whose word a figure is.
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

    QString markForGuest()
    {
        m_hasGuestsWord = true;
        return QStringLiteral("*");
    }

    QString toText() const
    {
        QString text = m_hasGuestsWord ? QStringLiteral("* as the guest reports it, not comparable with the others\n")
                                       : QString();
        for (std::size_t i = 0; i < m_needs.size(); ++i)
            text += QStringLiteral("[%1] %2\n").arg(i + 1).arg(sentenceFor(m_needs[i]));
        return text;
    }

private:
    std::vector<Needs> m_needs;
    bool m_hasGuestsWord = false;
};

/// A heading that says "guest" needs no mark that says so.
QString cellOf(const MetricPoint& point, Metric metric, Notes& notes)
{
    const Reading<double>& reading = point[metric];
    if (!reading)
        return notes.markFor(reading.needs());
    const QString text = figureText(about(metric).unit, *reading);
    const bool isMarked = about(metric).side == MetricSide::Host && isGuestsWord(point, metric);
    return isMarked ? text + notes.markForGuest() : text;
}

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

} // namespace

QString csvField(const QString& text)
{
    if (!text.contains(u',') && !text.contains(u'"') && !text.contains(u'\n') && !text.contains(u'\r'))
        return text;
    return QLatin1Char('"') + QString(text).replace(u'"', QStringLiteral("\"\"")) + QLatin1Char('"');
}

QString statsTable(const WorkloadRegistry& registry, const MetricsFrame& frame, std::span<const Metric> columns)
{
    QStringList headings{ QStringLiteral("NAME"), QStringLiteral("KIND") };
    for (const Metric metric : columns)
        headings << QLatin1String(about(metric).heading);
    TextTable table(headings);
    Notes notes;
    for (const auto& point : frame.points) {
        QStringList cells{ nameOf(registry, point.id), textOf(point.id.kind) };
        for (const Metric metric : columns)
            cells << cellOf(point, metric, notes);
        table.add(cells);
    }
    const QString pace = paceTitle(frame.pace, frame.intervalMilliseconds);
    return table.toText() + notes.toText() + (pace.isEmpty() ? pace : pace + u'\n');
}

QString figureExplanations(std::span<const Metric> columns)
{
    QString text;
    for (const Metric metric : columns) {
        const FigureInfo& figure = about(metric);
        text += QStringLiteral("%1 (%2): %3\n")
                    .arg(QLatin1String(figure.heading), QLatin1String(figure.key), titleOf(figure));
        for (const QString& line : explanationOf(figure).split(u'\n'))
            text += QStringLiteral("    %1\n").arg(line);
    }
    return text;
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
    const QString slowedBy = paceKey(frame.pace);
    QJsonObject root{ { QStringLiteral("time"), isoTime(frame) }, { QStringLiteral("workloads"), workloads },
        { QStringLiteral("host"), host },
        { QStringLiteral("interval_ms"), static_cast<qint64>(frame.intervalMilliseconds) },
        { QStringLiteral("slowed_by"), slowedBy.isEmpty() ? QJsonValue() : QJsonValue(slowedBy) } };
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
    return line + QStringLiteral(",network_is_guest_view\n");
}

QString csvLines(const WorkloadRegistry& registry, const MetricsFrame& frame)
{
    QString lines;
    for (const auto& point : frame.points) {
        QStringList cells{ isoTime(frame), point.id.key, textOf(point.id.kind), csvField(nameOf(registry, point.id)) };
        for (const auto& row : metricCatalogue()) {
            const Reading<double>& reading = point[row.metric];
            cells << (reading ? QString::number(*reading, 'g', 12) : QString());
        }
        cells << (point.isNetworkGuestView ? QStringLiteral("true") : QStringLiteral("false"));
        lines += cells.join(u',') + QLatin1Char('\n');
    }
    return lines;
}

bool isWhole(int readings, std::chrono::nanoseconds sinceTheFirst, std::chrono::seconds asked)
{
    return readings >= asked.count() || sinceTheFirst >= asked;
}

} // namespace twinhull
