// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_writer.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/metrics/age_clock.h"
#include "core/metrics/event_trail.h"

#include <QDateTime>
#include <QMetaType>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace twinhull {

namespace {

constexpr std::int64_t kTidyMilliseconds = 5 * kMinuteMilliseconds; // it costs by the workload, not by the minute

/// 0 where there is none.
std::int64_t latestReading(const std::vector<HistoryBatch>& batches)
{
    std::int64_t latest = 0;
    for (const HistoryBatch& batch : batches)
        latest = std::max(latest, batch.readings.isEmpty() ? 0 : batch.readings.lastTime());
    return latest;
}

} // namespace

HistoryWriter::HistoryWriter(std::string path) : m_path(std::move(path))
{
    qRegisterMetaType<twinhull::WorkloadId>();
    qRegisterMetaType<twinhull::Error>();
    qRegisterMetaType<twinhull::PackedTicks>();
    qRegisterMetaType<std::vector<twinhull::HistoryEvent>>();
}

HistoryWriter::~HistoryWriter() = default;

Result<> HistoryWriter::open()
{
    if (m_database)
        return {};
    if (auto made = makeFolders(m_path.substr(0, m_path.rfind('/'))); !made)
        return made;
    auto opened = HistoryDatabase::open(m_path, HistoryDatabase::Access::Write);
    if (!opened && opened.error().code == ErrorCode::Corrupt) {
        if (auto moved = moveAside(); !moved)
            return moved;
        opened = HistoryDatabase::open(m_path, HistoryDatabase::Access::Write);
    }
    if (!opened)
        return std::move(opened).error();
    m_database = *std::move(opened);
    return {};
}

Result<> HistoryWriter::moveAside()
{
    const std::string aside = m_path + ".broken-"
        + QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss")).toStdString();
    m_database.reset();
    if (std::rename(m_path.c_str(), aside.c_str()) != 0)
        return Error::fromErrno(errno, "move the broken history aside");
    for (const char* rest : { "-wal", "-shm" })
        (void)std::remove((m_path + rest).c_str()); // of the broken file; often there is none
    Q_EMIT failed(Error{ ErrorCode::Corrupt, "the history of figures could not be read and was begun anew", 0,
        "What was there is in " + aside });
    return {};
}

void HistoryWriter::write(const std::vector<HistoryBatch>& batches, std::int64_t nowMilliseconds)
{
    Result<> done = open();
    if (done)
        done = m_database->write(batches);
    const std::int64_t latest = std::min(latestReading(batches), nowMilliseconds);
    if (done && latest > 0)
        Q_EMIT written(ageClockNanoseconds() - (nowMilliseconds - latest) * 1'000'000);
    if (done && latest > 0 && nowMilliseconds - m_tidied >= kTidyMilliseconds) {
        done = m_database->tidy(
            latest - kMinuteMilliseconds, whatIsOld(nowMilliseconds)); // of what rests all is known half a minute later
        m_tidied = nowMilliseconds;
    }
    if (!done && done.error().code == ErrorCode::Corrupt && m_database)
        done = moveAside(); // what was to be written is lost with it
    judge(done);
}

/// By a clock that was set far ahead a month may be too old that is not: it is kept until that clock has stood for a
/// day.
HistoryDatabase::Old HistoryWriter::whatIsOld(std::int64_t nowMilliseconds)
{
    const std::int64_t age = ageClockNanoseconds() / 1'000'000;
    const std::int64_t before = std::exchange(m_clockAhead, nowMilliseconds - age).value_or(nowMilliseconds - age);
    if (*m_clockAhead - before > 60 * kMinuteMilliseconds)
        m_clockSet = age;
    return m_clockSet && age - *m_clockSet < kDayMilliseconds ? HistoryDatabase::Old::Keep : HistoryDatabase::Old::Drop;
}

void HistoryWriter::readPast(const WorkloadId& id, const HistorySpan& span)
{
    const Result<> opened = open();
    const auto readings = opened ? m_database->readings(id, span) : Result<PackedTicks>(opened.error());
    if (readings)
        Q_EMIT pastRead(id, *readings);
    else
        Q_EMIT pastNotRead(id, readings.error());
    judge(readings ? Result<>() : readings.error());
}

void HistoryWriter::readEvents(const WorkloadId& id, std::int64_t nowMilliseconds)
{
    const Result<> opened = open();
    const HistorySpan kept{ nowMilliseconds - kMinutesKeptMilliseconds, nowMilliseconds };
    const auto events = opened ? m_database->events(id, kept, EventTrail::kMostOfOne)
                               : Result<std::vector<HistoryEvent>>(opened.error());
    if (events)
        Q_EMIT eventsRead(id, *events);
    judge(events ? Result<>() : events.error());
}

void HistoryWriter::judge(const Result<>& done)
{
    if (!done && !m_isTold)
        Q_EMIT failed(done.error());
    m_isTold = !done;
}

} // namespace twinhull
