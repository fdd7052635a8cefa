// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"
#include "ui/page/app_context.h"

#include <QScrollArea>

class QLabel;

namespace twinhull {

class FactGrid;
class ScreenThumbnail;

/// The state of a workload at a glance: what it costs now, where it answers, how it started, what limits it, what went
/// wrong.
class OverviewTab : public QScrollArea {
    Q_OBJECT

public:
    explicit OverviewTab(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void showFigures();

    AppContext& m_context;
    QLabel* m_reason;
    ScreenThumbnail* m_screen;
    FactGrid* m_figures;
    FactGrid* m_parts;
    FactGrid* m_guest;
    FactGrid* m_place;
    FactGrid* m_startup;
    WorkloadInfo m_info;
};

} // namespace twinhull
