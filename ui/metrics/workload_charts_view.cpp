// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/workload_charts_view.h"

#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figure_text.h"

#include <QHBoxLayout>

namespace twinhull {

namespace {

constexpr int kGap = 10;

QString noteOf(const WorkloadInfo& info, Quantity quantity)
{
    if (quantity == Quantity::Memory && info.limits.memoryBytes)
        return WorkloadChartsView::tr("limit %1").arg(byteCountText(static_cast<double>(*info.limits.memoryBytes)));
    if (quantity == Quantity::Cpu && info.engine == u"tcg")
        return WorkloadChartsView::tr("emulated");
    return {};
}

} // namespace

WorkloadChartsView::WorkloadChartsView(AppContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_events(context.workloads)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kGap, kGap, kGap, kGap);
    layout->setSpacing(kGap);
    for (const Quantity quantity : { Quantity::Cpu, Quantity::Memory, Quantity::Network, Quantity::Disk }) {
        auto* card = new ChartCard(context.rings, quantity);
        layout->addWidget(card, 1);
        m_cards.push_back(card);
        connect(card, &ChartCard::cursorMoved, this, [this](std::optional<double> share) {
            for (ChartCard* each : m_cards)
                each->setCursor(share);
        });
    }
    connect(&context.workloads, &WorkloadRegistry::changed, this, [this](const WorkloadInfo& info) {
        if (info.id == m_id)
            showWorkload(info);
    });
    connect(&Theme::current(), &Theme::changed, this, [this] { setWorkload(m_id); });
}

void WorkloadChartsView::setWorkload(const WorkloadId& id)
{
    m_id = id;
    if (const auto info = m_context.workloads.find(id)) {
        showWorkload(*info);
        return;
    }
    for (ChartCard* card : m_cards)
        card->setWorkloads({});
}

void WorkloadChartsView::showWorkload(const WorkloadInfo& info)
{
    for (ChartCard* card : m_cards) {
        card->setNote(noteOf(info, card->quantity()));
        card->setEvents(m_events.events(std::span(&info.id, 1)));
        card->setWorkloads({ { info.id, info.name, chartColor(info.id.kind, 0), Qt::SolidLine } });
    }
}

} // namespace twinhull
