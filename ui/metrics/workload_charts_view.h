// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_group.h"

namespace twinhull {

/// The charts of one workload: what it used, whose CPU time that was, and what it waited for.
class WorkloadChartsView : public QWidget {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit WorkloadChartsView(AppContext& context, QWidget* parent = nullptr);

    void setWorkload(const WorkloadId& id);

private:
    void showWorkload(const WorkloadInfo& info);

    AppContext& m_context;
    TimeView m_view;
    SeriesSource m_source;
    ChartGroup* m_charts;
    WorkloadId m_id;
};

} // namespace twinhull
