// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/history_overlay_text.h"

#include "app/twinhullctl/figure_text.h"
#include "app/twinhullctl/history_text.h"
#include "app/twinhullctl/stats_table.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/metrics/metric_catalogue.h"

#include <QDateTime>
#include <QJsonObject>

#include <algorithm>

namespace twinhull {

namespace {

/// Both sides at one offset, or on average.
struct Both {
    std::optional<double> first;
    std::optional<double> second;

    std::optional<double> difference() const
    {
        return first && second ? std::optional(*first - *second) : std::nullopt;
    }
    std::optional<double> ratio() const
    {
        return first && second && *second > 0 ? std::optional(*first / *second) : std::nullopt;
    }
};

std::optional<double> meanIn(const std::optional<HistoryRange>& range)
{
    return range ? std::optional(double{ range->mean }) : std::nullopt;
}

Both bothAt(const OverlaidPoint& point)
{
    return { meanIn(point.first), meanIn(point.second) };
}

/// Each step by how long both tell of it.
Both meansOf(const Overlaid& overlaid)
{
    double first = 0;
    double second = 0;
    double told = 0;
    for (const OverlaidPoint& point : overlaid.points) {
        if (!point.first || !point.second)
            continue;
        const auto weight = static_cast<double>(point.toldMilliseconds);
        first += double{ point.first->mean } * weight;
        second += double{ point.second->mean } * weight;
        told += weight;
    }
    return told > 0 ? Both{ first / told, second / told } : Both();
}

QJsonValue orNull(const std::optional<double>& value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

QJsonObject sideJson(const HistoryWorkload& workload, std::int64_t from, std::span<const HistoryEvent> events)
{
    return { { QStringLiteral("name"), workload.name }, { QStringLiteral("kind"), textOf(workload.id.kind) },
        { QStringLiteral("id"), workload.id.key }, { QStringLiteral("from_ms"), double(from) },
        { QStringLiteral("events"), historyEventsJson(events) } };
}

QJsonValue reasonOrNull(const QString& reason)
{
    return reason.isEmpty() ? QJsonValue() : QJsonValue(reason);
}

QJsonObject overlaidFigureJson(const OverlaidFigure& told)
{
    const Overlaid& overlaid = told.overlaid;
    QJsonArray points;
    for (const OverlaidPoint& point : overlaid.points) {
        const Both both = bothAt(point);
        points.append(QJsonArray{ double(point.offsetMilliseconds), orNull(both.first), orNull(both.second),
            orNull(both.difference()), orNull(both.ratio()) });
    }
    const Both means = meansOf(overlaid);
    const FigureInfo& figure = about(told.metric);
    return { { QStringLiteral("key"), QLatin1String(figure.key) },
        { QStringLiteral("unit"), QLatin1String(nameOf(figure.unit)) },
        { QStringLiteral("side"), QLatin1String(nameOf(figure.side)) }, { QStringLiteral("source"), sourceOf(figure) },
        { QStringLiteral("step_ms"), double(overlaid.stepMilliseconds) },
        { QStringLiteral("mean"),
            QJsonObject{ { QStringLiteral("first"), orNull(means.first) },
                { QStringLiteral("second"), orNull(means.second) },
                { QStringLiteral("difference"), orNull(means.difference()) },
                { QStringLiteral("ratio"), orNull(means.ratio()) } } },
        { QStringLiteral("columns"),
            QJsonArray{ QStringLiteral("offset_ms"), QStringLiteral("first"), QStringLiteral("second"),
                QStringLiteral("difference"), QStringLiteral("ratio") } },
        { QStringLiteral("points"), points },
        { QStringLiteral("missing"),
            QJsonObject{ { QStringLiteral("first"), reasonOrNull(told.firstMissing) },
                { QStringLiteral("second"), reasonOrNull(told.secondMissing) } } } };
}

QString numberOrNothing(const std::optional<double>& value)
{
    return value ? QString::number(*value, 'g', 9) : QString();
}

QString rangeCells(const std::optional<HistoryRange>& range)
{
    if (!range)
        return QStringLiteral(",,");
    return QStringList{ numberOrNothing(double(range->least)), numberOrNothing(double(range->mean)),
        numberOrNothing(double(range->greatest)) }
        .join(u',');
}

QStringList tableCells(MetricUnit unit, const Both& both)
{
    const auto written
        = [unit](const std::optional<double>& value) { return value ? figureText(unit, *value) : QStringLiteral("-"); };
    const auto difference = both.difference();
    const QString sign = difference && *difference < 0 ? QStringLiteral("-") : QStringLiteral("+");
    return { written(both.first), written(both.second),
        difference ? sign + figureText(unit, std::abs(*difference)) : QStringLiteral("-"),
        both.ratio() ? QString::number(*both.ratio(), 'f', 2) : QStringLiteral("-") };
}

/// "0:00:05" since the beginnings.
QString offsetText(std::int64_t milliseconds)
{
    const std::int64_t seconds = milliseconds / 1000;
    return QStringLiteral("%1:%2:%3")
        .arg(seconds / 3600)
        .arg(seconds / 60 % 60, 2, 10, QLatin1Char('0'))
        .arg(seconds % 60, 2, 10, QLatin1Char('0'));
}

QString sideText(const HistoryWorkload& workload, std::int64_t from)
{
    return QStringLiteral("%1 (%2) from %3")
        .arg(workload.name, textOf(workload.id.kind),
            QDateTime::fromMSecsSinceEpoch(from).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")));
}

/// What happened in both ranges, side by side in time; the first 50. Empty where nothing did.
QString overlaidMarks(const OverlaidPair& pair)
{
    constexpr std::size_t kMostRows = 50;
    std::vector<std::pair<std::int64_t, QStringList>> marks;
    const auto take = [&marks](std::span<const HistoryEvent> events, std::int64_t from, const QString& side) {
        for (const HistoryEvent& event : events) {
            const std::int64_t offset = event.wallMilliseconds - from;
            marks.emplace_back(offset, QStringList{ offsetText(offset), side, historyEventWords(event.kind) });
        }
    };
    take(pair.firstEvents, pair.span.fromMilliseconds, QStringLiteral("first"));
    take(pair.secondEvents, pair.secondFromMilliseconds, QStringLiteral("second"));
    if (marks.empty())
        return {};
    std::stable_sort(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    TextTable table({ QStringLiteral("HAPPENED AFTER"), QStringLiteral("SIDE"), QStringLiteral("EVENT") });
    for (std::size_t i = 0; i < std::min(marks.size(), kMostRows); ++i)
        table.add(marks[i].second);
    QString text = u'\n' + table.toText();
    if (marks.size() > kMostRows)
        text += QStringLiteral("and %1 later\n").arg(marks.size() - kMostRows);
    return text;
}

} // namespace

const char* const kOverlaidCsvHeading
    = "offset_s,first_id,first_name,second_id,second_name,figure,unit,first_least,first_mean,first_greatest,"
      "second_least,second_mean,second_greatest,difference,ratio\n";

QJsonObject overlaidJson(const OverlaidPair& pair)
{
    QJsonArray figures;
    for (const OverlaidFigure& told : pair.figures)
        figures.append(overlaidFigureJson(told));
    return { { QStringLiteral("first"), sideJson(pair.first, pair.span.fromMilliseconds, pair.firstEvents) },
        { QStringLiteral("second"), sideJson(pair.second, pair.secondFromMilliseconds, pair.secondEvents) },
        { QStringLiteral("length_ms"), double(pair.span.toMilliseconds - pair.span.fromMilliseconds) },
        { QStringLiteral("figures"), figures } };
}

QString overlaidCsv(const OverlaidPair& pair)
{
    QString lines;
    for (const auto& [metric, overlaid, firstMissing, secondMissing] : pair.figures) {
        const FigureInfo& figure = about(metric);
        for (const OverlaidPoint& point : overlaid.points) {
            const Both both = bothAt(point);
            lines += QStringList{ QString::number(double(point.offsetMilliseconds) / 1000, 'g', 9),
                csvField(pair.first.id.key), csvField(pair.first.name), csvField(pair.second.id.key),
                csvField(pair.second.name), QLatin1String(figure.key), QLatin1String(nameOf(figure.unit)),
                rangeCells(point.first), rangeCells(point.second), numberOrNothing(both.difference()),
                numberOrNothing(both.ratio()) }
                         .join(u',')
                + u'\n';
        }
    }
    return lines;
}

QString overlaidTable(const OverlaidPair& pair)
{
    QString text = QStringLiteral("FIRST  %1\nSECOND %2\n")
                       .arg(sideText(pair.first, pair.span.fromMilliseconds),
                           sideText(pair.second, pair.secondFromMilliseconds));
    QString absences;
    for (const auto& [metric, overlaid, firstMissing, secondMissing] : pair.figures) {
        const FigureInfo& figure = about(metric);
        TextTable table({ QLatin1String(figure.heading), QStringLiteral("FIRST"), QStringLiteral("SECOND"),
            QStringLiteral("DIFFERENCE"), QStringLiteral("RATIO") });
        for (const OverlaidPoint& point : overlaid.points)
            table.add(QStringList{ offsetText(point.offsetMilliseconds) } + tableCells(figure.unit, bothAt(point)));
        table.add(QStringList{ QStringLiteral("mean") } + tableCells(figure.unit, meansOf(overlaid)));
        text += u'\n' + table.toText();
        if (!firstMissing.isEmpty())
            absences += QStringLiteral("%1 of the first %2\n").arg(QLatin1String(figure.heading), firstMissing);
        if (!secondMissing.isEmpty())
            absences += QStringLiteral("%1 of the second %2\n").arg(QLatin1String(figure.heading), secondMissing);
    }
    return text + absences + overlaidMarks(pair);
}

} // namespace twinhull
