// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"
#include "ui/metrics/chart_figures.h"

#include <QWidget>

#include <vector>

class QActionGroup;
class QMenu;
class QToolButton;

namespace twinhull {

class FigureMenu;

/// The row above the plots of the Compare page: which time, which figures, and how workloads stand to one another.
class PlotBar : public QWidget {
    Q_OBJECT

public:
    /// Both must outlive this; the bar shows and sets the source's time.
    PlotBar(SeriesSource& source, const WorkloadRegistry& workloads, QWidget* parent = nullptr);

    void setMode(ChartMode mode);
    void setQuantities(std::span<const Quantity> shown);
    /// Whom a difference or ratio can be to, and to whom it is.
    void setBaselines(const std::vector<ChartedWorkload>& workloads, const WorkloadId& chosen);

Q_SIGNALS:
    void modeChosen(twinhull::ChartMode mode);
    void baselineChosen(const twinhull::WorkloadId& id);
    void quantityToggled(twinhull::Quantity quantity, bool isShown);

private:
    QMenu* makeModeMenu();
    void enableModes();

    SeriesSource& m_source;
    QToolButton* m_mode;
    QActionGroup* m_baselineGroup = nullptr;
    std::vector<ChartedWorkload> m_baselines;
    FigureMenu* m_figures;
    std::vector<std::pair<QAction*, ChartMode>> m_modes;
};

} // namespace twinhull
