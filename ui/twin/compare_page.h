// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/comparison_plan.h"
#include "ui/metrics/chart_group.h"
#include "ui/page/page_bar.h"
#include "ui/twin/compare_bar.h"
#include "ui/twin/compare_choice.h"
#include "ui/metrics/chart_saving.h"
#include "ui/twin/compared_workload.h"
#include "ui/twin/disk_use_reader.h"
#include "ui/twin/isolation_watch.h"

#include <QStackedWidget>

class QGridLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace twinhull {

class BarsCard;
class CapacityCard;
class FoldingTableCard;
class IsolationCard;
class PlotBar;
class Report;
class ReportDesk;

/// Any workloads over one another: plots, start-up and memory bars, figures, isolation, and what they show. A
/// comparison run puts its medians in the place of the figures of the moment. Reports of the past take the place of it
/// all; JSON files of them may be dropped here.
class ComparePage : public QStackedWidget, public PageBarSource {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit ComparePage(AppContext& context, QWidget* parent = nullptr);

    QWidget* pageBar() override { return m_bar; }

protected:
    void showEvent(QShowEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeEmptyState();
    QWidget* makeReport();
    QVBoxLayout* makePlots();
    QVBoxLayout* makeFigures();
    BarsCard* makeBarsCard(const QString& title, const QString& remark);
    void connectBar();

    struct SummaryState {
        std::int64_t block = 0; ///< of time
        qsizetype figures = 0; ///< that could be read

        friend bool operator==(const SummaryState&, const SummaryState&) = default;
    };

    void refreshChoice();
    void refreshFigures();
    void refreshSummary();
    void refreshIsolation();
    void refreshCharts(const std::vector<WorkloadInfo>& chosen);
    void readCurrent();
    void refreshAfterView();
    TimeWindow figuresWindow() const;
    bool areRingsShown() const;
    void showQuantity(Quantity quantity, bool isShown);
    void layOutPlots();
    void addPlot(Quantity quantity);

    void openComparisonDialog();
    void runComparison(const ComparisonPlan& plan);
    void showComparison(std::optional<Comparison> comparison);
    void keep(const Comparison& comparison);
    void refreshReports();
    std::shared_ptr<const Report> reportToSave() const;
    SavableFile fileOf(CompareExport what);
    void exportAs(CompareExport what);

    AppContext& m_context;
    CompareChoice m_choice;
    DiskUseReader m_diskUse;
    IsolationWatch m_isolationWatch;
    std::vector<ComparedWorkload> m_current;
    std::optional<Comparison> m_comparison;
    std::optional<SummaryState> m_summaryState; ///< of which the sentence speaks
    TimeView m_view;
    SeriesSource m_source;
    ChartMode m_mode;
    WorkloadId m_baseline; ///< of a difference or ratio; one of the chosen
    ChartGroup* m_charts;

    CompareBar* m_bar;
    ReportDesk* m_desk;
    PlotBar* m_plotBar = nullptr;
    QWidget* m_report = nullptr;
    QGridLayout* m_plots = nullptr;
    BarsCard* m_startupBars = nullptr;
    BarsCard* m_memoryBars = nullptr;
    FoldingTableCard* m_figures = nullptr;
    IsolationCard* m_isolation = nullptr;
    CapacityCard* m_capacity = nullptr;
    QPushButton* m_showLive = nullptr;
    QPushButton* m_showReport = nullptr;
    QLabel* m_summary = nullptr;
};

} // namespace twinhull
