// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/metrics/packed_ticks.h"
#include "core/metrics/sample.h"
#include "core/metrics/time_series.h"

#include <QObject>

#include <array>
#include <deque>
#include <optional>
#include <unordered_map>

namespace twinhull {

/// How far back somebody looks.
enum class Reach { Minutes, Hour }; // two minutes

/// The last hour of every workload that somebody looks at, a series a metric, filled from the sampler's frames. Of the
/// others a few minutes: what lies before is asked for again, where it was saved, when somebody looks. GUI thread.
class MetricRings : public QObject {
    Q_OBJECT

public:
    explicit MetricRings(QObject* parent = nullptr);

    void append(const MetricsFrame& frame);
    /// Puts what was asked for in front of what is here; what is not older is left out. `shiftNanoseconds` is added to
    /// its times, which are milliseconds, to have them on the clock of this boot, below 0 before it.
    void restore(const WorkloadId& id, const PackedTicks& past, std::int64_t shiftNanoseconds);
    /// What was asked for could not be read: it is asked for again in a while, if somebody looks then.
    void noteNotRestored(const WorkloadId& id, Error error);
    /// Asks again as soon as somebody looks.
    void retryPast(const WorkloadId& id) const { m_askAgain.erase(id); }
    /// Why its past is not here; null where it is, or was not asked for.
    const Error* pastError(const WorkloadId& id) const;
    void forget(const WorkloadId& id);
    /// What was read until then can be asked for: it need not be here while nobody looks.
    void noteSaved(std::int64_t untilNanoseconds);

    /// Null while nothing was read. Valid until forget(). What is not here as far back is asked for, once.
    const TimeSeries* series(const WorkloadId& id, Metric metric, Reach reach) const;
    /// The latest point of a workload; null when this program never read one.
    const MetricPoint* latest(const WorkloadId& id) const;
    /// When that was; nothing when there was none.
    std::optional<std::int64_t> latestNanoseconds(const WorkloadId& id) const;
    /// Whether series() or latest() were asked for it in the last ten seconds; what was never read counts as looked at.
    bool isLookedAt(const WorkloadId& id) const;
    const HostPoint& host() const { return m_host; }
    std::int64_t lastTickNanoseconds() const { return m_lastTick; }
    /// From that tick to the next, and why it is longer than asked.
    std::int64_t intervalMilliseconds() const { return m_intervalMilliseconds; }
    PaceReason pace() const { return m_pace; }

Q_SIGNALS:
    void ticked(); ///< after all rings took the frame
    /// Somebody looks as far back, and it is not here.
    void pastWanted(const twinhull::WorkloadId& id, std::int64_t sinceNanoseconds) const;
    void restored(const twinhull::WorkloadId& id); ///< or why not is known now

private:
    struct Rings {
        std::array<TimeSeries, kMetricCount> series;
        MetricPoint latest;
        std::int64_t latestNanoseconds = 0; ///< 0: restored only
        mutable std::int64_t lookedAtNanoseconds = 0; ///< the latest tick before somebody asked
        mutable std::int64_t hourSeenNanoseconds = 0; ///< the same of its hour
    };

    struct Hash {
        std::size_t operator()(const WorkloadId& id) const { return qHash(id); }
    };

    void take(const MetricPoint& point, const Tick& tick, Rings& rings) const;
    void want(const WorkloadId& id, Reach reach) const;
    void dropUnseen();

    TimeAxis m_axis; ///< one for all: they are read at the same ticks
    std::deque<Tick> m_recent; ///< the latest of them
    std::unordered_map<WorkloadId, Rings, Hash> m_rings; ///< all are looked for at each tick
    mutable std::unordered_map<WorkloadId, std::int64_t, Hash> m_wholeSince; ///< all of it is here or was asked for
    std::unordered_map<WorkloadId, Error, Hash> m_pastErrors;
    mutable std::unordered_map<WorkloadId, std::int64_t, Hash> m_askAgain; ///< not before that tick
    HostPoint m_host;
    std::int64_t m_intervalMilliseconds = 0;
    PaceReason m_pace = PaceReason::AsAsked;
    std::int64_t m_lastTick = 0;
    std::int64_t m_savedUntil = 0;
    std::int64_t m_dropped = 0; ///< when dropUnseen() was at work
};

} // namespace twinhull
