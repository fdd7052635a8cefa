// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_database.h"

#include "core/base/files.h"
#include "core/history/history_private.h"
#include "core/metrics/metric_catalogue.h"

#include <cmath>
#include <limits>

namespace twinhull {

namespace {

constexpr int kVersion = 1;

Result<> runAll(const HistorySql& sql, std::initializer_list<QString> statements)
{
    for (const QString& statement : statements) {
        if (auto done = sql.run(statement); !done)
            return std::move(done).error();
    }
    return {};
}

Result<> makeTables(const HistorySql& sql)
{
    return sql.atomically([&sql] {
        return runAll(sql,
            { QStringLiteral("CREATE TABLE IF NOT EXISTS figure(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)"),
                QStringLiteral(
                    "CREATE TABLE IF NOT EXISTS workload(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT "
                    "NOT NULL, name TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, folded INTEGER "
                    "NOT NULL DEFAULT 0, UNIQUE(kind, key))"),
                QStringLiteral(
                    "CREATE TABLE IF NOT EXISTS second(workload INTEGER NOT NULL, start INTEGER NOT NULL, data "
                    "BLOB NOT NULL, PRIMARY KEY(workload, start)) WITHOUT ROWID"),
                QStringLiteral(
                    "CREATE TABLE IF NOT EXISTS minute(workload INTEGER NOT NULL, start INTEGER NOT NULL, data "
                    "BLOB NOT NULL, PRIMARY KEY(workload, start)) WITHOUT ROWID"),
                QStringLiteral(
                    "CREATE TABLE IF NOT EXISTS event(workload INTEGER NOT NULL, time INTEGER NOT NULL, kind TEXT NOT "
                    "NULL, PRIMARY KEY(workload, time, kind)) WITHOUT ROWID"),
                QStringLiteral("CREATE TABLE IF NOT EXISTS need(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)"),
                QStringLiteral(
                    "CREATE TABLE IF NOT EXISTS absence(workload INTEGER NOT NULL, need INTEGER NOT NULL, first "
                    "INTEGER NOT NULL, last INTEGER NOT NULL, figures BLOB NOT NULL, PRIMARY KEY(workload, need, "
                    "first)) WITHOUT ROWID"),
                QStringLiteral("PRAGMA user_version = %1").arg(kVersion) });
    });
}

/// What the numbers in other tables stand for.
Result<> insertNames(const HistorySql& sql)
{
    return sql.atomically([&sql]() -> Result<> {
        for (int number = 1; number <= static_cast<int>(kLastNeeds); ++number) {
            auto done = sql.run(QStringLiteral("INSERT OR IGNORE INTO need(key) VALUES(?)"),
                { writtenSentenceFor(static_cast<Needs>(number)) });
            if (!done)
                return std::move(done).error();
        }
        for (const MetricRow& row : metricCatalogue()) {
            auto done = sql.run(
                QStringLiteral("INSERT OR IGNORE INTO figure(key) VALUES(?)"), { QString::fromLatin1(row.about.key) });
            if (!done)
                return std::move(done).error();
        }
        return {};
    });
}

Result<> checkVersion(const HistorySql& sql)
{
    auto query = sql.run(QStringLiteral("PRAGMA user_version"));
    if (!query)
        return std::move(query).error();
    const int version = query->next() ? query->value(0).toInt() : 0;
    if (version > kVersion)
        return Error{ ErrorCode::Unsupported, "the history was written by a newer Twinhull", 0,
            "Update Twinhull, or move the file history.sqlite away" };
    return {};
}

/// Its minutes are to be made again: these may come late, or the wall clock was set back.
qint64 minuteBefore(const PackedTicks& readings)
{
    const std::int64_t first = std::min(readings.firstTime(), readings.lastTime());
    return first - first % kMinuteMilliseconds;
}

/// Whether it fits behind what is there: the clock was not set, and there is room.
bool fits(const HistoryChunk& chunk, std::int64_t time)
{
    const auto offset = time - chunk.startMilliseconds;
    return chunk.offsets.empty()
        || (offset >= chunk.offsets.back() && offset <= kLongestChunkMilliseconds
            && chunk.offsets.size() < kMostChunkReadings);
}

void put(const TickValues& tick, const std::array<int, kMetricCount>& figures, HistoryChunk& chunk)
{
    if (chunk.offsets.empty())
        chunk.startMilliseconds = tick.time;
    chunk.offsets.push_back(static_cast<std::uint16_t>(tick.time - chunk.startMilliseconds));
    for (std::size_t metric = 0; metric < kMetricCount; ++metric)
        chunk.columns[figures[metric]].push_back(tick.values[metric].value_or(std::numeric_limits<float>::quiet_NaN()));
}

} // namespace

Result<std::unique_ptr<HistoryDatabase>> HistoryDatabase::open(const std::string& path, Access access)
{
    if (access == Access::Read && !exists(path))
        return Error{ ErrorCode::NotFound, "there is no history yet", 0, "It is written while the window is open." };
    auto d
        = std::make_unique<Private>(path, access == Access::Read ? QStringLiteral("QSQLITE_OPEN_READONLY") : QString());
    const auto step = [&d](Result<> (*work)(const HistorySql&)) { return work(d->sql); };
    Result<> done = d->sql.open();
    if (done && access == Access::Write)
        done = runAll(d->sql,
            { QStringLiteral("PRAGMA journal_mode = WAL"), QStringLiteral("PRAGMA synchronous = NORMAL"),
                QStringLiteral("PRAGMA auto_vacuum = INCREMENTAL") });
    if (done)
        done = step(&checkVersion);
    if (done && access == Access::Write)
        done = step(&makeTables);
    if (done && access == Access::Write)
        done = step(&insertNames);
    if (done)
        done = d->readFigures();
    if (!done)
        return std::move(done).error();
    return std::unique_ptr<HistoryDatabase>(new HistoryDatabase(std::move(d)));
}

HistoryDatabase::HistoryDatabase(std::unique_ptr<Private> d) : m_d(std::move(d)) { }

HistoryDatabase::~HistoryDatabase() = default;

Result<> HistoryDatabase::Private::readFigures()
{
    figures.fill(-1);
    auto query = sql.run(QStringLiteral("SELECT id, key FROM figure"));
    if (!query)
        return std::move(query).error();
    while (query->next()) {
        for (const MetricRow& row : metricCatalogue()) {
            if (query->value(1).toString() == QLatin1String(row.about.key))
                figures.at(static_cast<std::size_t>(row.metric)) = query->value(0).toInt();
        }
    }
    return {};
}

Result<int> HistoryDatabase::Private::find(const WorkloadId& id) const
{
    auto query = sql.run(
        QStringLiteral("SELECT id FROM workload WHERE kind = ? AND key = ?"), { static_cast<int>(id.kind), id.key });
    if (!query)
        return std::move(query).error();
    return query->next() ? query->value(0).toInt() : 0;
}

Result<> HistoryDatabase::write(std::span<const HistoryBatch> batches)
{
    auto done = m_d->sql.atomically([this, batches]() -> Result<> {
        for (const HistoryBatch& batch : batches) {
            if (auto written = writeOne(batch); !written)
                return written;
        }
        return {};
    });
    if (!done)
        m_d->absent.clear(); // nothing of it was written
    return done;
}

Result<> HistoryDatabase::writeOne(const HistoryBatch& batch)
{
    if (batch.readings.isEmpty() && batch.events.empty())
        return {};
    std::vector<std::int64_t> times;
    for (const HistoryEvent& event : batch.events)
        times.push_back(event.wallMilliseconds);
    if (!batch.readings.isEmpty()) {
        times.push_back(batch.readings.firstTime());
        times.push_back(batch.readings.lastTime());
    }
    const auto [first, last] = std::minmax_element(times.begin(), times.end());
    const auto number = m_d->sql.repeat(
        QStringLiteral(
            "INSERT INTO workload(kind, key, name, first, last) VALUES(?, ?, ?, ?, ?) ON CONFLICT(kind, key) DO "
            "UPDATE SET name = excluded.name, first = min(first, excluded.first), last = max(last, excluded.last), "
            "folded = min(folded, ?) RETURNING id"),
        { static_cast<int>(batch.id.kind), batch.id.key, batch.name, qint64{ *first }, qint64{ *last },
            batch.readings.isEmpty() ? std::numeric_limits<qint64>::max() : minuteBefore(batch.readings) });
    if (!number)
        return number.error();
    if (auto done = writeReadings(*number, batch.readings); !done)
        return done;
    if (auto done = writeAbsences(*number, batch); !done)
        return done;
    return writeEvents(*number, batch.events);
}

Result<> HistoryDatabase::writeReadings(int workload, const PackedTicks& readings)
{
    HistoryChunk chunk;
    Result<> done;
    readings.visit([&](const TickValues& tick) {
        if (!fits(chunk, tick.time)) {
            if (done)
                done = writeChunk(workload, std::move(chunk));
            chunk = {};
        }
        put(tick, m_d->figures, chunk);
    });
    return done && !chunk.offsets.empty() ? writeChunk(workload, std::move(chunk)) : done;
}

Result<> HistoryDatabase::writeChunk(int workload, HistoryChunk chunk)
{
    std::erase_if(chunk.columns, [](const auto& column) {
        return std::all_of(column.second.begin(), column.second.end(), [](float value) { return std::isnan(value); });
    });
    if (chunk.columns.empty())
        return {};
    const auto done
        = m_d->sql.repeat(QStringLiteral("INSERT OR REPLACE INTO second(workload, start, data) VALUES(?, ?, ?)"),
            { workload, qint64{ chunk.startMilliseconds }, encodeHistoryChunk(chunk) });
    return done ? Result<>() : done.error();
}

/// A start is told again by every program that sees the workload run, at a time that is off by some milliseconds.
Result<> HistoryDatabase::writeEvents(int workload, std::span<const HistoryEvent> events)
{
    constexpr qint64 kSame = 5000;
    for (const HistoryEvent& event : events) {
        const qint64 time = event.wallMilliseconds;
        const QString kind = QLatin1String(nameOf(event.kind));
        auto done = m_d->sql.run(
            QStringLiteral("INSERT INTO event(workload, time, kind) SELECT ?, ?, ? WHERE NOT EXISTS(SELECT 1 FROM "
                           "event WHERE workload = ? AND kind = ? AND time > ? AND time < ?)"),
            { workload, time, kind, workload, kind, time - kSame, time + kSame });
        if (!done)
            return std::move(done).error();
    }
    return {};
}

} // namespace twinhull
