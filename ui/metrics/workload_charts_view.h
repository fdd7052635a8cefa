// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_group.h"

class QGridLayout;
class QLabel;

namespace twinhull {

class FigureMenu;

/// The charts of one workload: what it used, whose CPU time that was, what it waited for, or whatever figures a person
/// chose, in which case that is kept. What the guest says stands below, labelled, apart from what this computer counts.
class WorkloadChartsView : public QWidget {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit WorkloadChartsView(AppContext& context, QWidget* parent = nullptr);

    void setWorkload(const WorkloadId& id);

private:
    QWidget* makePlots();
    void addChart(Quantity quantity);
    void toggle(Quantity quantity, bool isShown);
    void layOut();
    void showWorkload(const WorkloadInfo& info);

    AppContext& m_context;
    TimeView m_view;
    SeriesSource m_source;
    ChartGroup* m_charts;
    FigureMenu* m_figures;
    QLabel* m_hostTitle = nullptr;
    QLabel* m_guestTitle = nullptr;
    QGridLayout* m_hostCharts = nullptr;
    QGridLayout* m_guestCharts = nullptr;
    WorkloadId m_id;
};

} // namespace twinhull
