// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_private.h"

#include <cmath>

namespace twinhull {

namespace {

constexpr std::int64_t kLongestOfSeconds = 6 * 60 * kMinuteMilliseconds;

/// Joins points to at most as many stretches of equal length as asked, so that a peak stays a peak.
class PointJoiner {
public:
    PointJoiner(const HistorySpan& span, std::size_t most)
        : m_span(span)
        , m_length(std::max<std::int64_t>(1,
              (span.toMilliseconds - span.fromMilliseconds + static_cast<std::int64_t>(most) - 1)
                  / static_cast<std::int64_t>(most)))
    {
    }

    void add(std::int64_t time, const HistoryRange& range)
    {
        if (time < m_span.fromMilliseconds || time >= m_span.toMilliseconds || std::isnan(range.mean))
            return;
        const std::int64_t stretch = (time - m_span.fromMilliseconds) / m_length;
        if (m_points.empty() || stretch != m_stretch) {
            m_stretch = stretch;
            m_sum = 0;
            m_count = 0;
            m_points.push_back({ time, range });
        }
        HistoryRange& joined = m_points.back().range;
        joined.least = std::min(joined.least, range.least);
        joined.greatest = std::max(joined.greatest, range.greatest);
        m_sum += range.mean;
        joined.mean = static_cast<float>(m_sum / ++m_count);
    }

    std::vector<HistoryPoint> take() { return std::move(m_points); }

private:
    HistorySpan m_span;
    std::int64_t m_length;
    std::int64_t m_stretch = 0;
    double m_sum = 0;
    int m_count = 0;
    std::vector<HistoryPoint> m_points;
};

Result<QSqlQuery> chunksOf(const HistorySql& sql, int workload, const HistorySpan& span)
{
    return sql.run(
        QStringLiteral("SELECT start, data FROM second WHERE workload = ? AND start >= ? AND start < ? ORDER BY "
                       "start"),
        { workload, qint64{ span.fromMilliseconds - kLongestChunkMilliseconds }, qint64{ span.toMilliseconds } });
}

Result<> joinSeconds(const HistorySql& sql, int workload, int figure, const HistorySpan& span, PointJoiner& joiner)
{
    auto chunks = chunksOf(sql, workload, span);
    if (!chunks)
        return std::move(chunks).error();
    while (chunks->next()) {
        const auto chunk = decodeHistoryChunk(chunks->value(0).toLongLong(), chunks->value(1).toByteArray());
        if (!chunk)
            return chunk.error();
        const auto column = chunk->columns.find(figure);
        for (std::size_t i = 0; column != chunk->columns.end() && i < chunk->offsets.size(); ++i) {
            const float value = column->second[i];
            joiner.add(chunk->startMilliseconds + chunk->offsets[i], { value, value, value });
        }
    }
    return {};
}

Result<> joinMinutes(const HistorySql& sql, int workload, int figure, const HistorySpan& span, PointJoiner& joiner)
{
    auto minutes
        = sql.run(QStringLiteral("SELECT start, data FROM minute WHERE workload = ? AND start >= ? AND start < ? "
                                 "ORDER BY start"),
            { workload, qint64{ span.fromMilliseconds }, qint64{ span.toMilliseconds } });
    if (!minutes)
        return std::move(minutes).error();
    while (minutes->next()) {
        const auto minute = decodeHistoryMinute(minutes->value(1).toByteArray());
        if (!minute)
            return minute.error();
        if (const auto range = minute->find(figure); range != minute->end())
            joiner.add(minutes->value(0).toLongLong(), range->second);
    }
    return {};
}

} // namespace

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
    const WorkloadId& id, Metric metric, const HistorySpan& span, std::size_t mostPoints) const
{
    const auto workload = m_d->find(id);
    if (!workload)
        return workload.error();
    const int figure = m_d->figures.at(static_cast<std::size_t>(metric));
    PointJoiner joiner(span, std::max<std::size_t>(mostPoints, 1));
    const bool isShort = span.toMilliseconds - span.fromMilliseconds <= kLongestOfSeconds;
    const auto joined = isShort ? joinSeconds(m_d->sql, *workload, figure, span, joiner)
                                : joinMinutes(m_d->sql, *workload, figure, span, joiner);
    if (!joined)
        return joined.error();
    auto points = joiner.take();
    if (!points.empty() || !isShort)
        return points;
    PointJoiner older(span, std::max<std::size_t>(mostPoints, 1)); // its seconds are gone
    if (const auto minutes = joinMinutes(m_d->sql, *workload, figure, span, older); !minutes)
        return minutes.error();
    return older.take();
}

Result<std::vector<HistoryReading>> HistoryDatabase::readings(const WorkloadId& id, const HistorySpan& span) const
{
    const auto workload = m_d->find(id);
    auto chunks = workload ? chunksOf(m_d->sql, *workload, span) : Result<QSqlQuery>(workload.error());
    if (!chunks)
        return std::move(chunks).error();
    std::vector<HistoryReading> readings;
    while (chunks->next()) {
        const auto chunk = decodeHistoryChunk(chunks->value(0).toLongLong(), chunks->value(1).toByteArray());
        if (!chunk)
            return chunk.error();
        for (std::size_t i = 0; i < chunk->offsets.size(); ++i) {
            HistoryReading reading{ chunk->startMilliseconds + chunk->offsets[i], {} };
            for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
                const auto column = chunk->columns.find(m_d->figures.at(metric));
                if (column != chunk->columns.end() && !std::isnan(column->second[i]))
                    reading.values.at(metric) = column->second[i];
            }
            if (reading.wallMilliseconds >= span.fromMilliseconds && reading.wallMilliseconds < span.toMilliseconds)
                readings.push_back(reading);
        }
    }
    return readings;
}

} // namespace twinhull
