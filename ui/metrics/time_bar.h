// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"
#include "ui/metrics/series_source.h"

#include <QWidget>

#include <vector>

class QMenu;
class QToolButton;

namespace twinhull {

/// Which time the charts of a page show: the common lengths as buttons, longer ones and a second range in a menu, and
/// whether they follow the ticks.
class TimeBar : public QWidget {
    Q_OBJECT

public:
    /// Both must outlive this; a second range may be any workload's.
    TimeBar(SeriesSource& source, const WorkloadRegistry& workloads, QWidget* parent = nullptr);

private:
    QMenu* makeMenu();
    void showView();
    void showOverlay();
    void chooseRanges();

    SeriesSource& m_source;
    const WorkloadRegistry& m_workloads;
    std::vector<std::pair<QAction*, Overlay>> m_overlays;
    std::vector<std::pair<QToolButton*, std::chrono::seconds>> m_spans;
    std::vector<std::pair<QAction*, std::chrono::seconds>> m_longSpans;
    QToolButton* m_more;
    QToolButton* m_live;
};

} // namespace twinhull
