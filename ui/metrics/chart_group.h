// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_event.h"
#include "ui/metrics/chart_card.h"
#include "ui/page/app_context.h"

#include <functional>

namespace twinhull {

/// The charts of one page: one crosshair, the same marks, and files of what each shows.
class ChartGroup : public QObject {
    Q_OBJECT

public:
    using Wording = std::function<QString(const WorkloadEvent&)>;

    /// `page` is the parent of what is asked of the person. All must outlive this.
    ChartGroup(AppContext& context, SeriesSource& source, Wording wording, QWidget* page);

    ChartCard* add(Quantity quantity);
    void remove(Quantity quantity);
    const std::vector<ChartCard*>& cards() const { return m_cards; }

    /// Marks what happened to these, and what happens from now on.
    void setMarked(std::vector<WorkloadId> ids);

private:
    void mark();

    AppContext& m_context;
    SeriesSource& m_source;
    Wording m_wording;
    QWidget* m_page;
    std::vector<ChartCard*> m_cards;
    std::vector<WorkloadId> m_marked;
};

} // namespace twinhull
