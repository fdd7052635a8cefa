// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/history/history_chunk.h"
#include "core/metrics/needs.h"
#include "core/metrics/packed_ticks.h"
#include "core/metrics/past_figures.h"
#include "core/workload/workload_event.h"

#include <QString>

#include <memory>
#include <span>
#include <vector>

namespace twinhull {

/// What happened to a workload.
struct HistoryEvent {
    std::int64_t wallMilliseconds = 0; ///< since the epoch
    WorkloadEventKind kind = WorkloadEventKind::Started;

    friend bool operator==(const HistoryEvent&, const HistoryEvent&) = default;
};

/// What is written at once: the ticks of one workload, in order, and its events.
struct HistoryBatch {
    WorkloadId id;
    QString name; ///< as it is called now
    PackedTicks readings; ///< times in milliseconds since the epoch
    std::vector<HistoryEvent> events; ///< one that is known within five seconds is not written again
    std::vector<std::pair<Metric, Needs>> absent = {}; ///< figures that none of the readings has, and why
};

/// Where a reading counts that tells of more than a tick: what rests is read each tenth second.
enum class PlacedBy {
    TheirMoment, ///< in the stretch in which it was read
    TheirTime, ///< in all stretches of which it tells, by how much of it lies there
};

/// One figure over a stretch of time.
struct HistoryPoint {
    std::int64_t wallMilliseconds = 0; ///< where the stretch begins
    HistoryRange range;
    std::int64_t toldMilliseconds = 0; ///< how long its readings tell of: its weight in a mean of several
};

struct HistorySpan {
    std::int64_t fromMilliseconds = 0; ///< since the epoch; belongs to it
    std::int64_t toMilliseconds = 0; ///< does not
};

/// A workload that was ever read, whether or not it still exists.
struct HistoryWorkload {
    WorkloadId id;
    QString name;
    std::int64_t firstMilliseconds = 0;
    std::int64_t lastMilliseconds = 0;
};

/// The figures of the past in one SQLite file (write-ahead log, so that readers in other processes do not wait): each
/// second for a day, each minute's least, mean and greatest for 30 days, and as long what happened. One thread. Errors
/// name the file; Corrupt where it is not a history, OutOfSpace where the disk is full.
class HistoryDatabase {
public:
    enum class Access { Read, Write };

    /// Write: makes the file and its tables. Read: NotFound where there is none.
    static Result<std::unique_ptr<HistoryDatabase>> open(const std::string& path, Access access);
    ~HistoryDatabase();

    HistoryDatabase(const HistoryDatabase&) = delete;
    HistoryDatabase& operator=(const HistoryDatabase&) = delete;

    /// All or nothing.
    Result<> write(std::span<const HistoryBatch> batches);
    /// Makes the minutes that are over by then and were not made yet, and drops what is too old. All or nothing.
    enum class Old { Drop, Keep };
    Result<> tidy(std::int64_t nowMilliseconds, Old old = Old::Drop);

    Result<std::vector<HistoryWorkload>> workloads() const; ///< by name, then kind
    /// Seconds where the span lies in the last day before `to` and is not longer than six hours, else minutes, and
    /// seconds of what was not made minutes yet; at most `mostPoints`, each the least and greatest of what it stands
    /// for, so that peaks survive.
    Result<std::vector<HistoryPoint>> points(const WorkloadId& id, Metric metric, const HistorySpan& span,
        std::size_t mostPoints, PlacedBy placedBy = PlacedBy::TheirMoment) const;
    /// Seconds where the step is shorter than a minute and all of them are still kept, else minutes, and seconds for
    /// what was not made minutes yet. Cancelled where the question was dropped meanwhile.
    Result<PastAnswer> past(const PastQuestion& question) const;
    /// Why the figure was not read in the span, or in the longest part of it: "needs X: how to get it". Empty where
    /// that was not written down.
    Result<QString> absence(const WorkloadId& id, Metric metric, const HistorySpan& span) const;
    /// By time; the latest `most` of the span.
    Result<std::vector<HistoryEvent>> events(const WorkloadId& id, const HistorySpan& span, std::size_t most) const;
    /// Every reading of the span with all its figures, from the seconds alone; times as in HistoryBatch.
    Result<PackedTicks> readings(const WorkloadId& id, const HistorySpan& span) const;

private:
    Result<> writeOne(const HistoryBatch& batch);
    Result<> writeReadings(int workload, const PackedTicks& readings);
    Result<> writeChunk(int workload, HistoryChunk chunk);
    Result<> writeEvents(int workload, std::span<const HistoryEvent> events);
    Result<> writeAbsences(int workload, const HistoryBatch& batch);
    Result<> writeEachAbsence(int workload, const HistoryBatch& batch);

    struct Private;
    explicit HistoryDatabase(std::unique_ptr<Private> d);

    std::unique_ptr<Private> m_d;
};

constexpr std::int64_t kMinuteMilliseconds = 60'000;
constexpr std::int64_t kDayMilliseconds = 24 * 60 * kMinuteMilliseconds;
constexpr std::int64_t kSecondsKeptMilliseconds = kDayMilliseconds;
constexpr std::int64_t kMinutesKeptMilliseconds = 30 * kDayMilliseconds;
constexpr std::int64_t kMostEventsKept = 10'000; ///< the latest of each kind of each workload

} // namespace twinhull
