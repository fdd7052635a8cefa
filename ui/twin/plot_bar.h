// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_figures.h"

#include <QWidget>

#include <vector>

class QMenu;
class QToolButton;

namespace twinhull {

class FigureMenu;

/// The row above the plots of the Compare page: which time, which figures, and how workloads stand to one another.
class PlotBar : public QWidget {
    Q_OBJECT

public:
    /// The source must outlive this; the bar shows and sets its time.
    explicit PlotBar(SeriesSource& source, QWidget* parent = nullptr);

    void setMode(ChartMode mode);
    void setQuantities(std::span<const Quantity> shown);
    void setWorkloadCount(std::size_t count);

Q_SIGNALS:
    void modeChosen(twinhull::ChartMode mode);
    void quantityToggled(twinhull::Quantity quantity, bool isShown);

private:
    QMenu* makeModeMenu();

    QToolButton* m_mode;
    FigureMenu* m_figures;
    std::vector<std::pair<QAction*, ChartMode>> m_modes;
};

} // namespace twinhull
