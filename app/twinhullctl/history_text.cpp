// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/history_text.h"

#include "app/twinhullctl/figure_text.h"
#include "app/twinhullctl/stats_table.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/metrics/metric_catalogue.h"

#include <QDateTime>

#include <map>

namespace twinhull {

QString historyTimeText(std::int64_t wallMilliseconds)
{
    return QDateTime::fromMSecsSinceEpoch(wallMilliseconds).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

Result<ToldFigure> toldFigure(const HistoryDatabase& database, const HistoryWorkload& workload, Metric metric,
    const HistorySpan& span, std::size_t mostPoints)
{
    auto points = database.points(workload.id, metric, span, mostPoints);
    if (!points)
        return std::move(points).error();
    ToldFigure told{ metric, *std::move(points), {} };
    if (!told.points.empty())
        return told;
    const auto reason = database.absence(workload.id, metric, span);
    if (!reason)
        return reason.error();
    told.missing = *reason;
    if (told.missing.isEmpty())
        told.missing = QStringLiteral("needs a reading in this time: none was kept; twinhullctl stats %1 --columns %2 "
                                      "says what it needs now")
                           .arg(workload.name, QLatin1String(about(metric).key));
    return told;
}

QJsonObject historyFigureJson(const ToldFigure& told)
{
    QJsonArray array;
    for (const HistoryPoint& point : told.points)
        array.append(QJsonArray{ double(point.wallMilliseconds), double(point.range.least), double(point.range.mean),
            double(point.range.greatest) });
    const FigureInfo& figure = about(told.metric);
    return { { QStringLiteral("key"), QLatin1String(figure.key) },
        { QStringLiteral("unit"), QLatin1String(nameOf(figure.unit)) },
        { QStringLiteral("side"), QLatin1String(nameOf(figure.side)) }, { QStringLiteral("source"), sourceOf(figure) },
        { QStringLiteral("columns"),
            QJsonArray{ QStringLiteral("time_ms"), QStringLiteral("least"), QStringLiteral("mean"),
                QStringLiteral("greatest") } },
        { QStringLiteral("points"), array },
        { QStringLiteral("missing"), told.missing.isEmpty() ? QJsonValue() : QJsonValue(told.missing) } };
}

QString historyCsvBeginning(std::int64_t wallMilliseconds, const HistoryWorkload& workload)
{
    const auto time = QDateTime::fromMSecsSinceEpoch(wallMilliseconds, Qt::UTC);
    return QStringList{ time.toString(Qt::ISODateWithMs), csvField(workload.id.key), textOf(workload.id.kind),
        csvField(workload.name) }
        .join(u',');
}

QString historyFigureCsv(const HistoryWorkload& workload, const ToldFigure& told)
{
    const FigureInfo& figure = about(told.metric);
    QString lines;
    for (const HistoryPoint& point : told.points) {
        QStringList cells{ historyCsvBeginning(point.wallMilliseconds, workload), QLatin1String(figure.key),
            QLatin1String(nameOf(figure.unit)) };
        for (const float value : { point.range.least, point.range.mean, point.range.greatest })
            cells << QString::number(double(value), 'g', 9);
        lines += cells.join(u',') + u'\n';
    }
    return lines;
}

QString historyFigureTable(const HistoryWorkload& workload, std::span<const ToldFigure> figures)
{
    QStringList heading{ workload.name + QLatin1String(" (") + textOf(workload.id.kind) + u')' };
    std::map<std::int64_t, QStringList> rows;
    for (std::size_t i = 0; i < figures.size(); ++i) {
        const FigureInfo& figure = about(figures[i].metric);
        heading << QLatin1String(figure.heading) << QStringLiteral("GREATEST");
        for (const HistoryPoint& point : figures[i].points) {
            QStringList& row = rows[point.wallMilliseconds];
            row.resize(2 * static_cast<qsizetype>(i));
            row << figureText(figure.unit, double(point.range.mean))
                << figureText(figure.unit, double(point.range.greatest));
        }
    }
    TextTable table(heading);
    for (auto& [time, row] : rows) {
        row.resize(2 * static_cast<qsizetype>(figures.size()));
        table.add(QStringList{ historyTimeText(time) } + row);
    }
    QString text = table.toText();
    for (const ToldFigure& told : figures) {
        if (!told.missing.isEmpty())
            text += QStringLiteral("%1 %2\n").arg(QLatin1String(about(told.metric).heading), told.missing);
    }
    return text;
}

QJsonArray historyEventsJson(std::span<const HistoryEvent> events)
{
    QJsonArray array;
    for (const HistoryEvent& event : events)
        array.append(QJsonObject{ { QStringLiteral("time_ms"), double(event.wallMilliseconds) },
            { QStringLiteral("event"), QLatin1String(nameOf(event.kind)) } });
    return array;
}

QString historyEventWords(WorkloadEventKind kind)
{
    return QString(QLatin1String(nameOf(kind))).replace(u'_', u' ');
}

QString historyMarksTable(std::span<const HistoryEvent> events)
{
    constexpr std::size_t kMostRows = 50;
    if (events.empty())
        return {};
    const std::size_t left = events.size() > kMostRows ? events.size() - kMostRows : 0;
    TextTable table({ QStringLiteral("HAPPENED AT"), QStringLiteral("EVENT") });
    for (const HistoryEvent& event : events.subspan(left))
        table.add({ historyTimeText(event.wallMilliseconds), historyEventWords(event.kind) });
    QString text = u'\n' + table.toText();
    if (left > 0)
        text += QStringLiteral("and %1 earlier\n").arg(left);
    return text;
}

} // namespace twinhull
