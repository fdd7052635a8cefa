// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/workload_charts_view.h"

#include "core/workload/workload_registry.h"
#include "ui/metrics/chart_palette.h"
#include "ui/metrics/event_words.h"
#include "ui/metrics/kept_times.h"
#include "ui/metrics/time_bar.h"
#include "ui/theme/theme.h"
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
    : QWidget(parent)
    , m_context(context)
    , m_view(context.rings)
    , m_source(context.rings, m_view, context.past)
    , m_charts(new ChartGroup(
          context, m_source, [](const WorkloadEvent& event) { return wordOf(event.kind); }, this))
{
    keepTimes(context.settings, setting::kChartsSpan, setting::kChartsOverlay, m_source);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kCardGap, kCardGap, kCardGap, kCardGap);
    layout->setSpacing(kCardGap);
    auto* times = new QHBoxLayout;
    times->addStretch(1);
    times->addWidget(new TimeBar(m_source, context.workloads));
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
        const auto index = static_cast<int>(m_charts->cards().size());
        auto* card = m_charts->add(quantity);
        card->setMinimumHeight(kCardHeight);
        card->setMode(ChartMode::Difference); // with the time that may lie under it
        grid->addWidget(card, index / kCardsARow, index % kCardsARow);
    }
    m_source.setQuantities(quantities);
    connect(&context.workloads, &WorkloadRegistry::changed, this, [this](const WorkloadInfo& info) {
        if (info.id == m_id)
            showWorkload(info);
    });
    connect(&Theme::current(), &Theme::changed, this, [this] { setWorkload(m_id); });
}

void WorkloadChartsView::setWorkload(const WorkloadId& id)
{
    m_id = id;
    m_source.setWorkloads({ id });
    m_charts->setMarked({ id });
    if (const auto info = m_context.workloads.find(id)) {
        showWorkload(*info);
        return;
    }
    for (ChartCard* card : m_charts->cards())
        card->setWorkloads({});
}

void WorkloadChartsView::showWorkload(const WorkloadInfo& info)
{
    for (ChartCard* card : m_charts->cards()) {
        card->setNote(noteOf(info, card->quantity()));
        card->setWorkloads({ { info.id, info.name, chartColor(info.id.kind, 0), Qt::SolidLine } });
    }
}

} // namespace twinhull
