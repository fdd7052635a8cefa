// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_private.h"

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

constexpr std::int64_t kLongestOfSeconds = 6 * 60 * kMinuteMilliseconds;

Result<QSqlQuery> chunksOf(const HistorySql& sql, int workload, const HistorySpan& span)
{
    return sql.run(
        QStringLiteral("SELECT start, data FROM second WHERE workload = ? AND start >= ? AND start < ? ORDER BY "
                       "start"),
        { workload, qint64{ span.fromMilliseconds - kLongestChunkMilliseconds - kLongestToldMilliseconds },
            qint64{ span.toMilliseconds + kLongestToldMilliseconds } }); // one behind it may tell of its end
}

/// Minutes, and seconds of what was not made minutes yet.
Result<> joinMinutesAndRest(
    const HistorySql& sql, int workload, const HistorySpan& span, std::span<JoinedFigure> figures)
{
    auto folded = sql.run(QStringLiteral("SELECT folded FROM workload WHERE id = ?"), { workload });
    if (!folded)
        return std::move(folded).error();
    const std::int64_t border = folded->next() ? folded->value(0).toLongLong() : 0;
    const std::int64_t rest = std::clamp(border, span.fromMilliseconds, span.toMilliseconds);
    if (auto done = joinMinutes(sql, workload, { span.fromMilliseconds, rest }, figures); !done)
        return done;
    return joinSeconds(sql, workload, { rest, span.toMilliseconds }, figures);
}

} // namespace

void PointJoiner::add(std::int64_t time, const HistoryRange& range, std::int64_t told)
{
    if (time < m_span.fromMilliseconds || time >= m_span.toMilliseconds || std::isnan(range.mean))
        return;
    const std::int64_t number = (time - m_origin) / m_length;
    auto stretch = m_stretches.end();
    if (!m_stretches.empty() && number <= m_stretches.back().number)
        stretch = std::lower_bound(m_stretches.begin(), m_stretches.end(), number,
            [](const Stretch& each, std::int64_t wanted) { return each.number < wanted; });
    const auto place = stretch - m_stretches.begin();
    if (stretch == m_stretches.end() || stretch->number != number) {
        stretch = m_stretches.insert(stretch, { number });
        m_points.insert(m_points.begin() + place, HistoryPoint{ time, range, 0 });
    }
    HistoryPoint& point = m_points[static_cast<std::size_t>(place)];
    point.wallMilliseconds = std::min(point.wallMilliseconds, time);
    point.range.least = std::min(point.range.least, range.least);
    point.range.greatest = std::max(point.range.greatest, range.greatest);
    stretch->sum += double{ range.mean } * static_cast<double>(told);
    point.toldMilliseconds += told;
    point.range.mean = static_cast<float>(stretch->sum / static_cast<double>(point.toldMilliseconds));
}

void PointJoiner::addReading(std::int64_t time, float value, std::int64_t told, const HistorySpan& part)
{
    const HistoryRange range{ value, value, value };
    const std::int64_t end = time + kTickMilliseconds;
    if (m_placedBy == PlacedBy::TheirTime)
        spread({ end - told, end }, range, part);
    else if (time >= part.fromMilliseconds && time < part.toMilliseconds)
        add(time, range, told);
}

void PointJoiner::addMinute(std::int64_t start, const HistoryRange& range, const HistorySpan& part)
{
    if (m_placedBy == PlacedBy::TheirTime)
        spread({ start, start + kMinuteMilliseconds }, range, part);
    else if (start >= part.fromMilliseconds)
        add(start, range, kMinuteMilliseconds);
}

/// To each stretch what of it lies there.
void PointJoiner::spread(HistorySpan covered, const HistoryRange& range, const HistorySpan& part)
{
    covered.fromMilliseconds = std::max(covered.fromMilliseconds, part.fromMilliseconds);
    covered.toMilliseconds = std::min(covered.toMilliseconds, part.toMilliseconds);
    while (covered.fromMilliseconds < covered.toMilliseconds) {
        const std::int64_t from = covered.fromMilliseconds;
        const std::int64_t next = m_origin + ((from - m_origin) / m_length + 1) * m_length; // never before the origin
        covered.fromMilliseconds = std::min(next, covered.toMilliseconds);
        add(from, range, covered.fromMilliseconds - from);
    }
}

Result<> joinSeconds(const HistorySql& sql, int workload, const HistorySpan& span, std::span<JoinedFigure> figures)
{
    auto chunks = chunksOf(sql, workload, span);
    if (!chunks)
        return std::move(chunks).error();
    ToldTimes told;
    while (chunks->next()) {
        const auto chunk = decodeHistoryChunk(chunks->value(0).toLongLong(), chunks->value(1).toByteArray());
        if (!chunk)
            return chunk.error();
        const auto lengths = told.of(*chunk);
        for (JoinedFigure& figure : figures) {
            const auto column = chunk->columns.find(figure.figure);
            for (std::size_t i = 0; column != chunk->columns.end() && i < chunk->offsets.size(); ++i) {
                const float value = column->second[i];
                if (!std::isnan(value)) // a chunk may begin before the span
                    figure.joiner.addReading(chunk->startMilliseconds + chunk->offsets[i], value, lengths[i], span);
            }
        }
    }
    return {};
}

Result<> joinMinutes(const HistorySql& sql, int workload, const HistorySpan& span, std::span<JoinedFigure> figures)
{
    auto minutes
        = sql.run(QStringLiteral("SELECT start, data FROM minute WHERE workload = ? AND start > ? AND start < ? "
                                 "ORDER BY start"),
            { workload, qint64{ span.fromMilliseconds - kMinuteMilliseconds }, qint64{ span.toMilliseconds } });
    if (!minutes)
        return std::move(minutes).error();
    while (minutes->next()) {
        const auto minute = decodeHistoryMinute(minutes->value(1).toByteArray());
        if (!minute)
            return minute.error();
        for (JoinedFigure& figure : figures) {
            if (const auto range = minute->find(figure.figure); range != minute->end())
                figure.joiner.addMinute(minutes->value(0).toLongLong(), range->second, span);
        }
    }
    return {};
}

Result<std::vector<HistoryWorkload>> HistoryDatabase::workloads() const
{
    auto query
        = m_d->sql.run(QStringLiteral("SELECT kind, key, name, first, last FROM workload ORDER BY name, kind, last"));
    if (!query)
        return std::move(query).error();
    std::vector<HistoryWorkload> workloads;
    while (query->next()) {
        const auto kind = query->value(0).toInt() == 0 ? WorkloadKind::Container : WorkloadKind::Vm;
        workloads.push_back({ { kind, query->value(1).toString() }, query->value(2).toString(),
            query->value(3).toLongLong(), query->value(4).toLongLong() });
    }
    return workloads;
}

Result<std::vector<HistoryPoint>> HistoryDatabase::points(
    const WorkloadId& id, Metric metric, const HistorySpan& span, std::size_t mostPoints, PlacedBy placedBy) const
{
    const auto workload = m_d->find(id);
    if (!workload)
        return workload.error();
    const int figure = m_d->figures.at(static_cast<std::size_t>(metric));
    const std::int64_t length = span.toMilliseconds - span.fromMilliseconds;
    const auto most = static_cast<std::int64_t>(std::max<std::size_t>(mostPoints, 1));
    const std::int64_t step = std::max<std::int64_t>(1, (length + most - 1) / most);
    const auto joined = [&](const auto& join) -> Result<std::vector<HistoryPoint>> {
        JoinedFigure one{ figure, PointJoiner(span, span.fromMilliseconds, step, placedBy) };
        if (auto done = join(m_d->sql, *workload, span, std::span(&one, 1)); !done)
            return std::move(done).error();
        return one.joiner.take();
    };
    if (length > kLongestOfSeconds)
        return joined(&joinMinutesAndRest);
    auto points = joined(&joinSeconds);
    return points && points->empty() ? joined(&joinMinutes) : points; // its seconds are gone
}

Result<PackedTicks> HistoryDatabase::readings(const WorkloadId& id, const HistorySpan& span) const
{
    const auto workload = m_d->find(id);
    auto chunks = workload ? chunksOf(m_d->sql, *workload, span) : Result<QSqlQuery>(workload.error());
    if (!chunks)
        return std::move(chunks).error();
    PackedTicks readings;
    while (chunks->next()) {
        const auto chunk = decodeHistoryChunk(chunks->value(0).toLongLong(), chunks->value(1).toByteArray());
        if (!chunk)
            return chunk.error();
        for (std::size_t i = 0; i < chunk->offsets.size(); ++i) {
            TickValues reading{ chunk->startMilliseconds + chunk->offsets[i], {} };
            if (reading.time < span.fromMilliseconds || reading.time >= span.toMilliseconds)
                continue;
            for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
                const auto column = chunk->columns.find(m_d->figures.at(metric));
                if (column != chunk->columns.end() && !std::isnan(column->second[i]))
                    reading.values.at(metric) = column->second[i];
            }
            readings.append(reading);
        }
    }
    return readings;
}

} // namespace twinhull
