// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/history_database.h"
#include "core/history/history_sql.h"
#include "core/metrics/told_time.h"

#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace twinhull {

/// Longer than this between two values nothing was read.
constexpr std::int64_t kLongestToldMilliseconds = kLongestToldNanoseconds / 1'000'000;
constexpr std::int64_t kTickMilliseconds = 1000;

/// How long the values of each reading tell of, which is their weight in a mean: the time since the reading before,
/// whether it had that figure or not (a disk without requests has no latency). Where there is none, or it lies too far
/// away or ahead, a tick.
class ToldTimes {
public:
    /// Milliseconds, of each reading of the next chunk.
    std::vector<std::int64_t> of(const HistoryChunk& chunk)
    {
        std::vector<std::int64_t> lengths;
        lengths.reserve(chunk.offsets.size());
        for (const std::uint16_t offset : chunk.offsets)
            lengths.push_back(next(chunk.startMilliseconds + offset));
        return lengths;
    }

private:
    std::int64_t next(std::int64_t time)
    {
        return toldSince(std::exchange(m_latest, time), time, kLongestToldMilliseconds, kTickMilliseconds);
    }

    std::optional<std::int64_t> m_latest;
};

/// Joins points to stretches of equal length that begin at `origin`, so that a peak stays a peak. Where the wall clock
/// was set back the same times come twice: they join, and the points stay in order.
class PointJoiner {
public:
    PointJoiner(
        const HistorySpan& span, std::int64_t origin, std::int64_t length, PlacedBy placedBy = PlacedBy::TheirMoment)
        : m_span(span), m_origin(origin), m_length(length), m_placedBy(placedBy)
    {
    }

    /// `told`: how long it tells of.
    void add(std::int64_t time, const HistoryRange& range, std::int64_t told);
    /// A reading, and what of the time that it tells of lies in `part`. By that time one of a single tick stands whole
    /// in the tick that begins at its moment, as it does by its moment.
    void addReading(std::int64_t time, float value, std::int64_t told, const HistorySpan& part);
    /// The minute that begins then.
    void addMinute(std::int64_t start, const HistoryRange& range, const HistorySpan& part);
    /// Each at the time of the first reading in its stretch.
    std::vector<HistoryPoint> take() { return std::move(m_points); }

private:
    void spread(HistorySpan covered, const HistoryRange& range, const HistorySpan& part);

    HistorySpan m_span;
    std::int64_t m_origin;
    std::int64_t m_length;
    PlacedBy m_placedBy;
    struct Stretch {
        std::int64_t number = 0;
        double sum = 0; ///< of the means, each by the time that it tells of
    };
    std::vector<Stretch> m_stretches; ///< rising
    std::vector<HistoryPoint> m_points; ///< one for each
};

/// One figure that is read, and where its points go.
struct JoinedFigure {
    int figure = -1; ///< the store's number
    PointJoiner joiner;
};

/// Reads the span once for all the figures; `workload` is the store's number.
Result<> joinSeconds(const HistorySql& sql, int workload, const HistorySpan& span, std::span<JoinedFigure> figures);
Result<> joinMinutes(const HistorySql& sql, int workload, const HistorySpan& span, std::span<JoinedFigure> figures);

/// Why figures were not read in the span, or in the longest part of it, by the store's number of the figure.
using HistoryAbsences = std::map<int, QString>;
Result<HistoryAbsences> absencesIn(const HistorySql& sql, int workload, const HistorySpan& span);

/// What the writing and the reading half of HistoryDatabase share.
struct HistoryDatabase::Private {
    explicit Private(const std::string& path, const QString& options) : sql(path, options) { }

    HistorySql sql;
    std::array<int, kMetricCount> figures{}; ///< the store's number of each metric; -1 where it has none

    /// What was written last of why figures are absent.
    struct Absent {
        std::size_t reasons = 0; ///< a hash of all of them
        qint64 last = 0; ///< that their spans have
    };
    std::unordered_map<int, Absent> absent; ///< by the store's number of the workload

    Result<> readFigures();
    /// 0 where it was never written.
    Result<int> find(const WorkloadId& id) const;
};

} // namespace twinhull
