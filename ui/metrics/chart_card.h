// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_canvas.h"
#include "ui/metrics/decimator.h"
#include "ui/metrics/event_trail.h"
#include "ui/widgets/card.h"

namespace twinhull {

/// One line of a chart.
struct ChartedWorkload {
    WorkloadId id;
    QString label; ///< "web · VM"; short
    QColor color;
    Qt::PenStyle style = Qt::SolidLine;

    friend bool operator==(const ChartedWorkload&, const ChartedWorkload&) = default;
};

/// One quantity of any number of workloads over time: title at the left, what is read now (or at the crosshair) at the
/// right. Reads the rings once a tick while it is visible, and keeps nothing.
class ChartCard : public Card {
    Q_OBJECT

public:
    /// Only ever shown between exactly two workloads, and only where both readings are the host's or both the guest's.
    enum class Difference { Hidden, Shown };

    /// The rings must outlive this.
    ChartCard(const MetricRings& rings, Quantity quantity, QWidget* parent = nullptr);

    void setWorkloads(std::vector<ChartedWorkload> workloads);
    void setTimeSpan(std::chrono::seconds span);
    void setDifference(Difference difference);
    void setEvents(std::vector<WorkloadEvent> events);
    /// Stands after the reading: "limit 256 MiB".
    void setNote(const QString& note);
    /// Moves the crosshair; 0..1 from the left.
    void setCursor(std::optional<double> share);

    Quantity quantity() const { return m_quantity; }

Q_SIGNALS:
    void cursorMoved(std::optional<double> share);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void read();
    void rescale();
    void paintContents();
    void writeReading();
    QString readingNow() const;
    QString readingAtCursor() const;
    QString missingReason() const;
    QString refusal() const;
    QString wordedReading(const ChartedWorkload& workload, double value) const;
    bool isGuestsReading(const ChartedWorkload& workload) const;
    bool areOfOneSide() const;
    bool isDifferenceWanted() const;
    bool isDifferenceShown() const;
    QPolygonF toPolygon(const UnbrokenRun& run) const;
    void judgeDifference();
    std::vector<QPolygonF> bandPolygons() const;
    PlotLine toLine(std::span<const TimePoint> readings, const QColor& color, Qt::PenStyle style) const;

    const MetricRings& m_rings;
    Quantity m_quantity;
    ChartCanvas* m_canvas;
    std::vector<ChartedWorkload> m_workloads;
    std::vector<WorkloadEvent> m_events;
    std::chrono::seconds m_span{ 600 };
    Difference m_differenceWish = Difference::Hidden;
    QString m_note;
    std::optional<double> m_cursor;

    TimeWindow m_window; ///< of the latest reading of the rings
    std::vector<Readings> m_readings; ///< one a workload
    CommonTicks m_common; ///< of the two, while the difference is shown
    Readings m_difference;
    bool m_isEqual = false; ///< the difference is noise
    std::optional<std::int64_t> m_judgedBlock; ///< of time, in which m_isEqual was found
    Unit m_unit;
};

} // namespace twinhull
