// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/workload_charts_view.h"

#include "core/metrics/metric_catalogue.h"
#include "core/workload/workload_registry.h"
#include "ui/metrics/chart_names.h"
#include "ui/metrics/chart_palette.h"
#include "ui/metrics/event_words.h"
#include "ui/metrics/figure_menu.h"
#include "ui/metrics/kept_times.h"
#include "ui/metrics/time_bar.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figure_text.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

constexpr int kCardGap = 10;
constexpr int kCardsARow = 3;
constexpr int kCardHeight = 170;
constexpr std::array<Quantity, 6> kUsual{ Quantity::Cpu, Quantity::Memory, Quantity::CpuParts, Quantity::Network,
    Quantity::Disk, Quantity::Waiting };

/// What was chosen in an earlier run.
std::vector<Quantity> keptQuantities(const Settings& settings)
{
    std::vector<Quantity> kept;
    for (const QString& name : settings.value(setting::kChartsFigures)) {
        const auto quantity = quantityFrom(name);
        if (quantity && std::find(kept.begin(), kept.end(), *quantity) == kept.end())
            kept.push_back(*quantity);
    }
    return kept.empty() ? std::vector<Quantity>(kUsual.begin(), kUsual.end()) : kept;
}

bool isGuestSide(Quantity quantity)
{
    return !quantity.isComposed() && groupOf(quantity.metrics().front()) == MetricGroup::Guest;
}

QLabel* makeSideTitle(const QString& text, const char* name)
{
    auto* title = new QLabel(text);
    title->setObjectName(QLatin1String(name));
    title->setProperty("muted", true);
    return title;
}

QGridLayout* makeGrid()
{
    auto* grid = new QGridLayout;
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(kCardGap);
    for (int column = 0; column < kCardsARow; ++column)
        grid->setColumnStretch(column, 1);
    return grid;
}

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
    , m_figures(new FigureMenu(kUsual, QStringLiteral("chartsFigures"), this))
{
    keepTimes(context.settings, setting::kChartsSpan, setting::kChartsOverlay, m_source);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kCardGap, kCardGap, kCardGap, kCardGap);
    layout->setSpacing(kCardGap);
    auto* times = new QHBoxLayout;
    times->addStretch(1);
    times->addWidget(m_figures);
    times->addWidget(new TimeBar(m_source, context.workloads));
    layout->addLayout(times);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus); // it follows the chart that has the focus
    scroll->setWidget(makePlots());
    layout->addWidget(scroll, 1);
    for (const Quantity quantity : keptQuantities(context.settings))
        addChart(quantity);
    layOut();
    connect(m_figures, &FigureMenu::quantityToggled, this, &WorkloadChartsView::toggle);
    connect(&context.workloads, &WorkloadRegistry::changed, this, [this](const WorkloadInfo& info) {
        if (info.id == m_id)
            showWorkload(info);
    });
    connect(&Theme::current(), &Theme::changed, this, [this] { setWorkload(m_id); });
}

QWidget* WorkloadChartsView::makePlots()
{
    auto* plots = new QWidget;
    auto* column = new QVBoxLayout(plots);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kCardGap);
    m_hostTitle = makeSideTitle(tr("Host: what this computer counts"), "hostTitle");
    m_guestTitle = makeSideTitle({}, "guestTitle");
    m_hostCharts = makeGrid();
    m_guestCharts = makeGrid();
    column->addWidget(m_hostTitle);
    column->addLayout(m_hostCharts, 1);
    column->addWidget(m_guestTitle);
    column->addLayout(m_guestCharts, 1);
    return plots;
}

void WorkloadChartsView::addChart(Quantity quantity)
{
    auto* card = m_charts->add(quantity);
    card->setMinimumHeight(kCardHeight);
    card->setMode(ChartMode::Difference); // with the time that may lie under it
}

void WorkloadChartsView::toggle(Quantity quantity, bool isShown)
{
    if (isShown)
        addChart(quantity);
    else
        m_charts->remove(quantity);
    layOut();
    QStringList names;
    for (const ChartCard* card : m_charts->cards())
        names << nameOf(card->quantity());
    m_context.settings.setValue(setting::kChartsFigures, names);
    setWorkload(m_id);
}

/// In the order in which they were chosen; the guest's side apart.
void WorkloadChartsView::layOut()
{
    std::vector<Quantity> quantities;
    std::array<int, 2> counts{};
    for (ChartCard* card : m_charts->cards()) {
        m_hostCharts->removeWidget(card);
        m_guestCharts->removeWidget(card);
    }
    for (ChartCard* card : m_charts->cards()) {
        const bool isGuests = isGuestSide(card->quantity());
        const int place = counts[isGuests ? 1 : 0]++;
        (isGuests ? m_guestCharts : m_hostCharts)->addWidget(card, place / kCardsARow, place % kCardsARow);
        quantities.push_back(card->quantity());
    }
    m_guestTitle->setVisible(counts[1] > 0);
    m_hostTitle->setVisible(counts[0] > 0 && counts[1] > 0); // alone it needs no name
    m_source.setQuantities(quantities);
    m_figures->setShown(quantities);
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
    m_guestTitle->setText(info.id.kind == WorkloadKind::Container ? tr("Guest: what its cgroup says of its inside")
                                                                  : tr("Guest: what its inside says"));
    for (ChartCard* card : m_charts->cards()) {
        card->setNote(noteOf(info, card->quantity()));
        card->setWorkloads({ { info.id, info.name, chartColor(info.id.kind, 0), Qt::SolidLine } });
    }
}

} // namespace twinhull
