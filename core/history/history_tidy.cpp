// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_private.h"

#include <cmath>

namespace twinhull {

namespace {

struct Sum {
    HistoryRange range;
    double sum = 0; ///< each by the time that it tells of
    std::int64_t told = 0; ///< the sum of those times

    void add(float value, std::int64_t length)
    {
        range.least = told == 0 ? value : std::min(range.least, value);
        range.greatest = told == 0 ? value : std::max(range.greatest, value);
        sum += double{ value } * static_cast<double>(length);
        told += length;
        range.mean = static_cast<float>(sum / static_cast<double>(told));
    }
};

/// By the minute that it begins in, and the figure.
using Sums = std::map<std::int64_t, std::map<int, Sum>>;

std::int64_t minuteOf(std::int64_t milliseconds)
{
    return milliseconds - milliseconds % kMinuteMilliseconds;
}

void addChunk(const HistoryChunk& chunk, std::int64_t from, std::int64_t to, ToldTimes& told, Sums& sums)
{
    const auto lengths = told.of(chunk);
    for (const auto& [figure, values] : chunk.columns) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (std::isnan(values[i]))
                continue;
            const std::int64_t time = chunk.startMilliseconds + chunk.offsets[i];
            if (time >= from && time < to)
                sums[minuteOf(time)][figure].add(values[i], lengths[i]);
        }
    }
}

/// Makes the minutes of one workload from `from` up to `to`, both whole minutes.
Result<> foldOne(HistorySql& sql, int workload, std::int64_t from, std::int64_t to)
{
    auto chunks
        = sql.run(QStringLiteral("SELECT start, data FROM second WHERE workload = ? AND start >= ? AND start < ? "
                                 "ORDER BY start"),
            { workload, qint64{ from - kLongestChunkMilliseconds - kLongestToldMilliseconds }, qint64{ to } });
    if (!chunks)
        return std::move(chunks).error();
    Sums sums;
    ToldTimes told;
    while (chunks->next()) {
        const auto chunk = decodeHistoryChunk(chunks->value(0).toLongLong(), chunks->value(1).toByteArray());
        if (!chunk)
            return chunk.error();
        addChunk(*chunk, from, to, told, sums);
    }
    for (const auto& [start, figures] : sums) {
        HistoryMinute minute;
        for (const auto& [figure, sum] : figures)
            minute[figure] = sum.range;
        const auto done
            = sql.repeat(QStringLiteral("INSERT OR REPLACE INTO minute(workload, start, data) VALUES(?, ?, ?)"),
                { workload, qint64{ start }, encodeHistoryMinute(minute) });
        if (!done)
            return done.error();
    }
    const auto done
        = sql.repeat(QStringLiteral("UPDATE workload SET folded = ? WHERE id = ?"), { qint64{ to }, workload });
    return done ? Result<>() : done.error();
}

Result<> dropOld(const HistorySql& sql, std::int64_t now)
{
    const std::pair<QString, std::int64_t> statements[] = {
        { QStringLiteral("DELETE FROM second WHERE workload IN (SELECT id FROM workload) AND start < ?"),
            now - kSecondsKeptMilliseconds }, // by the primary key
        { QStringLiteral("DELETE FROM minute WHERE workload IN (SELECT id FROM workload) AND start < ?"),
            now - kMinutesKeptMilliseconds },
        { QStringLiteral("DELETE FROM event WHERE workload IN (SELECT id FROM workload) AND time < ?"),
            now - kMinutesKeptMilliseconds },
        { QStringLiteral("DELETE FROM absence WHERE last < ?"), now - kMinutesKeptMilliseconds },
        { QStringLiteral("DELETE FROM workload WHERE last < ?"), now - kMinutesKeptMilliseconds },
    };
    for (const auto& [statement, before] : statements) {
        if (auto done = sql.run(statement, { qint64{ before } }); !done)
            return std::move(done).error();
    }
    return {};
}

/// Of what starts and ends again and again. Each kind by itself: what is throttled each second keeps its starts.
Result<> dropEarlierEvents(const HistorySql& sql)
{
    auto many = sql.run(
        QStringLiteral("SELECT workload, kind FROM event WHERE workload IN (SELECT workload FROM event GROUP BY "
                       "workload HAVING count(*) > ?) GROUP BY workload, kind HAVING count(*) > ?"),
        { qint64{ kMostEventsKept }, qint64{ kMostEventsKept } });
    if (!many)
        return std::move(many).error();
    std::vector<std::pair<int, QString>> kinds;
    while (many->next())
        kinds.emplace_back(many->value(0).toInt(), many->value(1).toString());
    many->finish();
    for (const auto& [workload, kind] : kinds) {
        auto done
            = sql.run(QStringLiteral("DELETE FROM event WHERE workload = ? AND kind = ? AND time < (SELECT time FROM "
                                     "event WHERE workload = ? AND kind = ? ORDER BY time DESC LIMIT 1 OFFSET ?)"),
                { workload, kind, workload, kind, qint64{ kMostEventsKept - 1 } });
        if (!done)
            return std::move(done).error();
    }
    return {};
}

} // namespace

Result<> HistoryDatabase::tidy(std::int64_t nowMilliseconds, Old old)
{
    auto& sql = m_d->sql;
    const std::int64_t to = minuteOf(nowMilliseconds);
    return sql.atomically([&]() -> Result<> {
        auto due
            = sql.run(QStringLiteral("SELECT id, max(folded, first) FROM workload WHERE last >= folded AND folded < ?"),
                { qint64{ to } });
        if (!due)
            return std::move(due).error();
        while (due->next()) {
            const auto from = minuteOf(due->value(1).toLongLong());
            if (auto folded = foldOne(sql, due->value(0).toInt(), from, to); !folded)
                return folded;
        }
        due->finish();
        const auto dropped = old == Old::Drop ? dropOld(sql, nowMilliseconds) : Result<>();
        return dropped ? dropEarlierEvents(sql) : dropped;
    });
}

} // namespace twinhull
