// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/workload_charts_view.h"

#include "core/metrics/event_trail.h"
#include "ui/metrics/chart_palette.h"
#include "ui/metrics/event_words.h"
#include "ui/metrics/time_bar.h"
#include "ui/theme/theme.h"
#include "ui/twin/compare_exporter.h"
#include "ui/widgets/figure_text.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QScrollArea>

namespace twinhull {

namespace {

constexpr int kCardGap = 10;
constexpr int kCardsARow = 3;
constexpr int kCardHeight = 170;

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
    : QWidget(parent), m_context(context), m_view(context.rings), m_source(context.rings, m_view, context.past)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kCardGap, kCardGap, kCardGap, kCardGap);
    layout->setSpacing(kCardGap);
    auto* times = new QHBoxLayout;
    times->addStretch(1);
    times->addWidget(new TimeBar(m_source));
    layout->addLayout(times);
    auto* cards = new QWidget;
    auto* grid = new QGridLayout(cards);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(kCardGap);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus); // it follows the chart that has the focus
    scroll->setWidget(cards);
    layout->addWidget(scroll, 1);
    const Quantity quantities[]
        = { Quantity::Cpu, Quantity::Memory, Quantity::CpuParts, Quantity::Network, Quantity::Disk, Quantity::Waiting };
    for (const Quantity quantity : quantities) {
        auto* card = new ChartCard(m_source, quantity);
        card->setMinimumHeight(kCardHeight);
        const auto index = static_cast<int>(m_cards.size());
        grid->addWidget(card, index / kCardsARow, index % kCardsARow);
        m_cards.push_back(card);
        connect(card, &ChartCard::exportRequested, this,
            [this, card](ChartFormat format) { saveCharts(this, m_context.jobs, { card }, format); });
        connect(card, &ChartCard::cursorMoved, this, [this](std::optional<double> share) {
            for (ChartCard* each : m_cards)
                each->setCursor(share);
        });
    }
    m_source.setQuantities(quantities);
    connect(&context.workloads, &WorkloadRegistry::changed, this, [this](const WorkloadInfo& info) {
        if (info.id == m_id)
            showWorkload(info);
    });
    if (context.events != nullptr)
        connect(context.events, &EventTrail::happened, this, &WorkloadChartsView::showEvents);
    connect(&Theme::current(), &Theme::changed, this, [this] { setWorkload(m_id); });
}

void WorkloadChartsView::setWorkload(const WorkloadId& id)
{
    m_id = id;
    m_source.setWorkloads({ id });
    if (const auto info = m_context.workloads.find(id)) {
        showWorkload(*info);
        return;
    }
    for (ChartCard* card : m_cards)
        card->setWorkloads({});
}

void WorkloadChartsView::showEvents()
{
    if (m_context.events == nullptr)
        return;
    std::vector<ChartEvent> events;
    for (const WorkloadEvent& event : m_context.events->events(std::span(&m_id, 1)))
        events.push_back({ event.monotonicNanoseconds, wordOf(event.kind) });
    for (ChartCard* card : m_cards)
        card->setEvents(events);
}

void WorkloadChartsView::showWorkload(const WorkloadInfo& info)
{
    showEvents();
    for (ChartCard* card : m_cards) {
        card->setNote(noteOf(info, card->quantity()));
        card->setWorkloads({ { info.id, info.name, chartColor(info.id.kind, 0), Qt::SolidLine } });
    }
}

} // namespace twinhull
