// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"
#include "core/metrics/time_series.h"

#include <QObject>

#include <array>
#include <optional>
#include <span>
#include <unordered_map>

namespace twinhull {

/// One tick of the past, on the clock of this boot.
struct PastReading {
    std::int64_t monotonicNanoseconds = 0;
    std::array<std::optional<float>, kMetricCount> values; ///< by Metric
};

/// The last hour of every workload, a series a metric, filled from the sampler's frames whether or not a view looks.
/// GUI thread.
class MetricRings : public QObject {
    Q_OBJECT

public:
    explicit MetricRings(QObject* parent = nullptr);

    void append(const MetricsFrame& frame);
    /// Puts what was read before this program began in front of what it has read itself; what is not older is left out.
    void restore(const WorkloadId& id, std::span<const PastReading> readings);
    void forget(const WorkloadId& id);

    /// Null when nothing was ever read. Valid until forget().
    const TimeSeries* series(const WorkloadId& id, Metric metric) const;
    /// The latest point of a workload; null when this program never read one.
    const MetricPoint* latest(const WorkloadId& id) const;
    /// When that was; nothing when there was none.
    std::optional<std::int64_t> latestNanoseconds(const WorkloadId& id) const;
    /// Whether series() or latest() were asked for it in the last ten seconds; what was never read counts as looked at.
    bool isLookedAt(const WorkloadId& id) const;
    const HostPoint& host() const { return m_host; }
    std::int64_t lastTickNanoseconds() const { return m_lastTick; }

Q_SIGNALS:
    void ticked(); ///< after all rings took the frame

private:
    struct Rings {
        std::array<TimeSeries, kMetricCount> series;
        MetricPoint latest;
        std::int64_t latestNanoseconds = 0; ///< 0: restored only
        mutable std::int64_t lookedAtNanoseconds = 0; ///< the latest tick before somebody asked
    };

    struct Hash {
        std::size_t operator()(const WorkloadId& id) const { return qHash(id); }
    };

    TimeAxis m_axis; ///< one for all: they are read at the same ticks
    std::unordered_map<WorkloadId, Rings, Hash> m_rings; ///< all are looked for at each tick
    HostPoint m_host;
    std::int64_t m_lastTick = 0;
};

} // namespace twinhull
