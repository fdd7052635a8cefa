// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/decimator.h"
#include "ui/metrics/past_stretch.h"
#include "ui/metrics/readings.h"
#include "ui/metrics/time_view.h"

namespace twinhull {

/// Which other range of time lies under the one that is shown.
enum class Overlay { None, LengthBefore, DayBefore, Chosen };

/// One that a person chose: their beginnings stand at one place.
struct OtherRange {
    std::int64_t earlierNanoseconds = 0; ///< than the one that is shown; below 0 where it is later
    std::optional<WorkloadId> workload = {}; ///< whose; nothing: of each that is shown its own
    QString label = {}; ///< of that workload
};

/// One workload's quantity over time: what the rings hold, and before that the history, a point for each of its steps.
struct SeriesReadings {
    Readings means; ///< of each tick or step
    Readings lows; ///< the least and the greatest of each step, where there are steps
    Readings highs;
    GapRule gaps;
    std::int64_t stepNanoseconds = 0; ///< of the steps; 0 where there are none
    Moments moments = {}; ///< of the ticks, where the quantity is not read at each of them

    bool isEmpty() const { return means.empty(); }
};

/// Where the charts of a page have their readings from: rings and history as one. Asks for the history when the view
/// reaches beyond the hour of the rings, and never for a tick. GUI thread.
class SeriesSource : public QObject {
    Q_OBJECT

public:
    /// All must outlive this; without `past` charts end where the rings do.
    SeriesSource(const MetricRings& rings, TimeView& view, PastFigures* past, QObject* parent = nullptr);

    const MetricRings& rings() const { return m_rings; }
    TimeView& view() const { return m_view; }
    Overlay overlay() const { return m_overlay; }
    /// How much earlier the other range is; 0 where there is none.
    std::int64_t overlayNanoseconds() const;
    /// Of Overlay::Chosen.
    const OtherRange& other() const { return m_other; }

    void setWorkloads(std::vector<WorkloadId> workloads);
    /// Of all the charts together.
    void setQuantities(std::span<const Quantity> quantities);
    void setOverlay(Overlay overlay);
    /// Makes the overlay Chosen.
    void setOther(OtherRange other);

    /// Within the view's window, and one reading before it.
    SeriesReadings read(const WorkloadId& id, Quantity quantity) const;
    /// Of the other range, moved in time so that it lies over this one.
    SeriesReadings readOverlay(const WorkloadId& id, Quantity quantity) const;

    /// What was missing where a view of the past has no reading: "needs X: how to get it". Empty where nobody knows.
    QString absence(const WorkloadId& id, Quantity quantity) const;

    bool isLoading() const { return m_shown.isLoading() || m_under.isLoading(); }
    /// One sentence why the history cannot be read; empty where it can.
    QString trouble() const;
    /// Asks for what could not be read, now and not only after a while.
    void retry();

Q_SIGNALS:
    void changed(); ///< other readings than before, beside those of a tick

private:
    void demand();
    void demandOf(PastStretch& stretch, const TimeWindow& window, const std::vector<WorkloadId>& ids) const;
    std::int64_t ringsBegin(const std::vector<WorkloadId>& ids) const;
    std::vector<WorkloadId> underIds() const;
    std::vector<WorkloadId> allIds() const;
    SeriesReadings readFrom(
        const PastStretch& stretch, const WorkloadId& id, Quantity quantity, const TimeWindow& window) const;

    const MetricRings& m_rings;
    TimeView& m_view;
    std::vector<WorkloadId> m_workloads;
    std::vector<Metric> m_metrics;
    Overlay m_overlay = Overlay::None;
    OtherRange m_other;
    std::int64_t m_begun; ///< when this was made
    PastStretch m_shown;
    PastStretch m_under;
};

} // namespace twinhull
