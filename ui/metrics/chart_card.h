// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_canvas.h"
#include "ui/metrics/chart_export.h"
#include "ui/metrics/chart_figures.h"
#include "ui/metrics/chart_words.h"
#include "ui/widgets/card.h"

#include <QImage>

namespace twinhull {

enum class ChartFormat { Csv, Json };

/// One quantity of any number of workloads over time: title at the left, what is read now (or at the crosshair) at the
/// right. Reads its source once a tick while it is visible and follows, and keeps nothing.
class ChartCard : public Card {
    Q_OBJECT

public:
    /// The source must outlive this.
    ChartCard(SeriesSource& source, Quantity quantity, QWidget* parent = nullptr);

    void setWorkloads(std::vector<ChartedWorkload> workloads);
    void setMode(ChartMode mode);
    /// Of a difference or ratio; else the first workload.
    void setBaseline(const std::optional<WorkloadId>& baseline);
    void setEvents(std::vector<ChartEvent> events);
    /// Stands after the reading: "limit 256 MiB".
    void setNote(const QString& note);
    /// Moves the crosshair; 0..1 from the left.
    void setCursor(std::optional<double> share);

    Quantity quantity() const { return m_quantity; }
    ExportedChart exported() const { return { m_figures, m_quantity, m_source.overlayNanoseconds(), m_events }; }
    /// The card as it is, twice as sharp as the screen asks for.
    QImage picture();

Q_SIGNALS:
    void cursorMoved(std::optional<double> share);
    /// A file of what is shown is wanted.
    void exportRequested(twinhull::ChartFormat format);

protected:
    void showEvent(QShowEvent* event) override;
    void explain() override; ///< the entry of the legend that is chosen

private:
    /// How what is on the canvas stands there.
    struct Placed {
        QRectF area;
        double nanoseconds = 0; ///< of a pixel
        std::int64_t pixels = 0; ///< from the clock's beginning to the right end
    };

    void connectCanvas();
    void addActions();
    void refresh();
    void followTick();
    void judgeDifference();
    void rescale();
    void paintContents();
    std::vector<ReadoutRow> legend();
    FigureExplanation explanationOfEntry(std::size_t entry) const;
    std::optional<int> movedSince(const Placed& placed);
    void writeReading();
    void writeTimes();
    std::int64_t moment(double share) const;
    QString refusal() const;
    bool isEqual() const { return m_finding == Finding::NotShown; } ///< the difference is noise
    ChartSpeech speech() const;
    PlotReadout readout() const;

    SeriesSource& m_source;
    Quantity m_quantity;
    ChartCanvas* m_canvas;
    std::vector<ChartedWorkload> m_workloads;
    std::vector<ChartEvent> m_events;
    ChartMode m_mode = ChartMode::Each;
    std::optional<WorkloadId> m_baseline;
    QString m_note;
    std::optional<double> m_cursor;

    ChartFigures m_figures; ///< of the latest reading
    std::vector<std::size_t> m_legendLines; ///< the places of those that begin the legend
    std::vector<QString> m_legendLabels; ///< of all its entries
    Finding m_finding = Finding::NotRead; ///< of a difference of two
    std::optional<std::int64_t> m_judgedBlock; ///< of time, in which that was found
    Unit m_unit;
    Placed m_placed;
};

} // namespace twinhull
