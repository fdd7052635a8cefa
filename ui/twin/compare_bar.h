// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

#include "ui/metrics/chart_figures.h"

#include <QWidget>

#include <vector>

class QHBoxLayout;
class QMenu;
class QToolButton;

namespace twinhull {

enum class CompareExport { Picture, ReadingsCsv, ReadingsJson, ReportHtml, ReportJson };

/// What the Compare page shows in the top bar: run a comparison, the chosen workloads as chips, how the plots are
/// drawn, export.
class CompareBar : public QWidget {
    Q_OBJECT

public:
    /// The source must outlive this; the bar shows and sets its time.
    explicit CompareBar(SeriesSource& source, QWidget* parent = nullptr);

    /// All workloads there are, and those on the plots in their order.
    void setWorkloads(const std::vector<WorkloadInfo>& all, const std::vector<WorkloadInfo>& chosen);
    void setReportAvailable(bool isAvailable);
    void setQuantities(std::span<const Quantity> shown);

Q_SIGNALS:
    void runRequested();
    void addRequested(const twinhull::WorkloadId& id);
    void removeRequested(const twinhull::WorkloadId& id);
    void modeChosen(twinhull::ChartMode mode);
    void quantityToggled(twinhull::Quantity quantity, bool isShown);
    void exportRequested(twinhull::CompareExport what);

private:
    QToolButton* makeFigures();
    QMenu* makeModeMenu();
    QMenu* makeExportMenu();
    QToolButton* makeChip(const WorkloadInfo& info, int ordinal);

    QToolButton* m_add;
    QMenu* m_addMenu;
    QHBoxLayout* m_chipRow;
    std::vector<QToolButton*> m_chips;
    QToolButton* m_mode;
    std::vector<std::pair<QAction*, Quantity>> m_quantities;
    std::vector<QAction*> m_modesOfTwo;
    std::vector<QAction*> m_reportActions;
};

} // namespace twinhull
