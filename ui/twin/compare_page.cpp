// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_page.h"

#include "core/base/data_folders.h"
#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/thread_job.h"
#include "core/settings/settings.h"
#include "core/twin/comparison_report.h"
#include "core/twin/comparison_run.h"
#include "core/twin/report_shelf.h"
#include "core/twin/verdict.h"
#include "ui/metrics/chart_names.h"
#include "ui/metrics/chart_palette.h"
#include "ui/metrics/event_words.h"
#include "ui/metrics/kept_times.h"
#include "ui/theme/theme.h"
#include "ui/twin/bars_card.h"
#include "ui/twin/capacity_card.h"
#include "ui/twin/compare_bars.h"
#include "ui/twin/compare_summary.h"
#include "ui/twin/comparison_dialog.h"
#include "ui/twin/folding_table_card.h"
#include "ui/twin/isolation_card.h"
#include "ui/twin/plot_bar.h"
#include "ui/twin/readings_export.h"
#include "ui/twin/report_desk.h"
#include "ui/twin/report_picture.h"
#include "ui/twin/report_view.h"
#include "ui/metrics/workload_label.h"

#include <QDragEnterEvent>
#include <QGridLayout>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace twinhull {

namespace {

enum Shown { kNothing, kLive, kReports }; ///< pages of the stack

constexpr int kGap = 10;
constexpr int kMargin = 12;
constexpr int kChartHeight = 170;
constexpr int kTallestChart = 260; // a long table beside it must not stretch it
constexpr int kFiguresWidth = 472; // so that the intervals of a comparison stand in one line beside their titles

QString markOf(const WorkloadEvent& event)
{
    const QString kind = event.id.kind == WorkloadKind::Vm ? ComparePage::tr("VM") : ComparePage::tr("container");
    return ComparePage::tr("%1 %2").arg(kind, wordOf(event.kind));
}

/// As they were chosen, without what is no figure any more.
std::vector<Quantity> keptQuantities(const Settings& settings)
{
    std::vector<Quantity> kept;
    for (const QString& name : settings.value(setting::kCompareFigures)) {
        const auto quantity = quantityFrom(name);
        if (quantity && std::find(kept.begin(), kept.end(), *quantity) == kept.end())
            kept.push_back(*quantity);
    }
    return kept.empty() ? std::vector<Quantity>{ Quantity::Cpu, Quantity::Memory, Quantity::Network, Quantity::Disk }
                        : kept;
}

qsizetype readFigures(std::span<const ComparedWorkload> workloads)
{
    qsizetype count = 0;
    for (const ComparedWorkload& workload : workloads) {
        for (const Figure* figure :
            { &workload.startupMilliseconds, &workload[Metric::PssBytes], &workload[Metric::CpuCores] })
            count += figure->value ? 1 : 0;
    }
    return count;
}

} // namespace

ComparePage::ComparePage(AppContext& context, QWidget* parent)
    : QStackedWidget(parent)
    , m_context(context)
    , m_choice(context.workloads)
    , m_diskUse(context.workloads)
    , m_isolationWatch(context.workloads)
    , m_view(context.rings)
    , m_source(context.rings, m_view, context.past)
    , m_mode(chartModeFrom(context.settings.value(setting::kCompareMode)).value_or(ChartMode::Difference))
    , m_charts(new ChartGroup(context, m_source, &markOf, this))
    , m_bar(new CompareBar(context.workloads, this))
    , m_desk(new ReportDesk(context.folders.reports(), this))
{
    keepTimes(context.settings, setting::kCompareSpan, setting::kCompareOverlay, m_source);
    setObjectName(QStringLiteral("comparePage"));
    addWidget(makeEmptyState());
    addWidget(makeReport());
    addWidget(m_desk->view());
    setAcceptDrops(true);
    connectBar();
    connect(&m_choice, &CompareChoice::changed, this, &ComparePage::refreshChoice);
    connect(&m_diskUse, &DiskUseReader::changed, this, &ComparePage::refreshFigures);
    connect(&m_isolationWatch, &IsolationWatch::changed, this, &ComparePage::refreshIsolation);
    connect(&context.rings, &MetricRings::ticked, this, &ComparePage::refreshFigures);
    connect(&Theme::current(), &Theme::changed, this, &ComparePage::refreshChoice);
    refreshChoice();
}

void ComparePage::connectBar()
{
    connect(m_bar, &CompareBar::runRequested, this, &ComparePage::openComparisonDialog);
    connect(m_bar, &CompareBar::reportsRequested, m_desk, &ReportDesk::chooseReport);
    connect(m_desk, &ReportDesk::changed, this, &ComparePage::refreshReports);
    connect(m_bar, &CompareBar::addRequested, &m_choice, &CompareChoice::add);
    connect(m_bar, &CompareBar::removeRequested, &m_choice, &CompareChoice::remove);
    connect(m_plotBar, &PlotBar::quantityToggled, this, &ComparePage::showQuantity);
    connect(m_plotBar, &PlotBar::baselineChosen, this, [this](const WorkloadId& id) {
        m_baseline = id;
        refreshChoice();
    });
    connect(&m_view, &TimeView::changed, this, &ComparePage::refreshAfterView);
    connect(m_bar, &CompareBar::exportRequested, this, &ComparePage::exportAs);
    connect(m_plotBar, &PlotBar::modeChosen, this, [this](ChartMode mode) {
        m_mode = mode;
        m_context.settings.setValue(setting::kCompareMode, nameOf(mode));
        for (ChartCard* chart : m_charts->cards())
            chart->setMode(mode);
    });
}

QWidget* ComparePage::makeEmptyState()
{
    auto* page = new QWidget;
    auto* text = new QLabel(tr("Nothing to compare yet.\n\nAdd workloads with the button above, start a twin from an "
                               "image, or run a comparison: it starts one image as a container and as a VM and "
                               "measures both."));
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    text->setProperty("muted", true);
    text->setMaximumWidth(kFiguresWidth);
    auto* layout = new QVBoxLayout(page);
    layout->addWidget(text, 0, Qt::AlignCenter);
    return page;
}

QWidget* ComparePage::makeReport()
{
    m_report = new QWidget;
    m_report->setProperty("ground", true);
    m_report->setAttribute(Qt::WA_StyledBackground);
    auto* columns = new QHBoxLayout(m_report);
    columns->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    columns->setSpacing(kGap);
    columns->addLayout(makePlots(), 1);
    columns->addLayout(makeFigures());
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_report);
    return scroll;
}

QVBoxLayout* ComparePage::makePlots()
{
    m_plotBar = new PlotBar(m_source, m_context.workloads);
    m_plotBar->setMode(m_mode);
    m_plots = new QGridLayout;
    m_plots->setSpacing(kGap);
    for (const Quantity quantity : keptQuantities(m_context.settings))
        addPlot(quantity);
    layOutPlots();
    auto* layout = new QVBoxLayout;
    layout->setSpacing(kGap);
    layout->addWidget(m_plotBar);
    layout->addLayout(m_plots, 4);
    m_startupBars = makeBarsCard(tr("From request to the first instruction"), tr("one clock, one scale"));
    m_memoryBars = makeBarsCard(tr("Where the memory is"), tr("host cost, helpers included"));
    m_startupBars->setExplanation(tr("Each part reaches from one mark to the next. The marks are told by the parts "
                                     "themselves, on CLOCK_MONOTONIC of this computer; one that cannot be heard is "
                                     "left out. A click on a part tells more."));
    m_memoryBars->setExplanation(explanationOf(about(Metric::PssBytes)) + QStringLiteral("\n\n")
        + tr("A click on a part tells what it is. File cache and kernel memory of a container come on top."));
    layout->addWidget(m_startupBars);
    layout->addWidget(m_memoryBars);
    layout->addStretch(1);
    return layout;
}

void ComparePage::addPlot(Quantity quantity)
{
    auto* chart = m_charts->add(quantity);
    chart->setMinimumHeight(kChartHeight);
    chart->setMaximumHeight(kTallestChart);
    chart->setMode(m_mode);
}

/// Two a row, in their order.
void ComparePage::layOutPlots()
{
    std::vector<Quantity> quantities;
    for (ChartCard* chart : m_charts->cards())
        m_plots->removeWidget(chart);
    for (ChartCard* chart : m_charts->cards()) {
        const auto place = static_cast<int>(quantities.size());
        m_plots->addWidget(chart, place / 2, place % 2);
        quantities.push_back(chart->quantity());
    }
    m_source.setQuantities(quantities);
    m_plotBar->setQuantities(quantities);
}

void ComparePage::showQuantity(Quantity quantity, bool isShown)
{
    if (isShown)
        addPlot(quantity);
    else
        m_charts->remove(quantity);
    layOutPlots();
    QStringList names;
    for (const ChartCard* chart : m_charts->cards())
        names << nameOf(chart->quantity());
    m_context.settings.setValue(setting::kCompareFigures, names);
    refreshChoice();
}

BarsCard* ComparePage::makeBarsCard(const QString& title, const QString& remark)
{
    auto* card = new BarsCard(title);
    card->setRemark(remark);
    return card;
}

QVBoxLayout* ComparePage::makeFigures()
{
    m_figures = new FoldingTableCard(tr("Figures"), m_context.settings);
    m_isolation = new IsolationCard;
    m_capacity = new CapacityCard(m_context.workloads, m_context.images, m_context.jobs);
    m_showLive = new QPushButton(tr("Show the figures of this moment"));
    m_showLive->setProperty("link", true);
    m_showLive->setObjectName(QStringLiteral("compareShowLive"));
    connect(m_showLive, &QPushButton::clicked, this, [this] { showComparison({}); });
    m_showReport = new QPushButton(tr("Show it as a report"));
    m_showReport->setProperty("link", true);
    m_showReport->setObjectName(QStringLiteral("compareShowReport"));
    connect(m_showReport, &QPushButton::clicked, this, [this] { m_desk->open(*m_comparison); });
    for (QPushButton* link : { m_showReport, m_showLive }) {
        m_figures->addFooter(link);
        link->hide();
    }
    auto* card = new QFrame;
    card->setProperty("card", true);
    m_summary = new QLabel;
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::RichText);
    m_summary->setObjectName(QStringLiteral("compareSummary"));
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* text = new QVBoxLayout(card);
    text->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    text->addWidget(m_summary);
    auto* layout = new QVBoxLayout;
    layout->setSpacing(kGap);
    for (QWidget* widget : std::initializer_list<QWidget*>{ m_figures, m_capacity, m_isolation, card }) {
        widget->setFixedWidth(kFiguresWidth);
        layout->addWidget(widget);
    }
    layout->addStretch(1);
    return layout;
}

void ComparePage::showEvent(QShowEvent* event)
{
    QStackedWidget::showEvent(event);
    refreshChoice();
}

void ComparePage::refreshChoice()
{
    const auto chosen = m_choice.workloads();
    m_bar->setChosen(chosen);
    setCurrentIndex(m_desk->isOpen() ? kReports : chosen.empty() && !m_comparison ? kNothing : kLive);
    if (!isVisible())
        return;
    for (const WorkloadInfo& info : chosen)
        m_diskUse.request(info.id);
    m_charts->setMarked(m_choice.ids());
    refreshCharts(chosen);
    m_summaryState.reset();
    if (m_comparison)
        m_figures->setFigures(comparisonFigures(*m_comparison));
    readCurrent();
    m_capacity->setImage(chosen.empty() ? QString() : chosen.front().imageDigest);
    refreshIsolation();
    m_startupBars->setRows(m_comparison ? startupBars(*m_comparison) : startupBars(m_current));
    refreshFigures();
}

void ComparePage::refreshIsolation()
{
    m_isolation->setWorkloads(m_current, m_isolationWatch.known());
}

void ComparePage::refreshCharts(const std::vector<WorkloadInfo>& chosen)
{
    std::vector<ChartedWorkload> charted;
    int ordinals[] = { 0, 0 };
    for (const WorkloadInfo& info : chosen) {
        const int ordinal = ordinals[static_cast<int>(info.id.kind)]++;
        charted.push_back({ info.id, labelOf(info), chartColor(info.id.kind, ordinal), chartPenStyle(ordinal),
            chartMarker(ordinal) });
    }
    m_source.setWorkloads(m_choice.ids());
    const auto isBaseline = [this](const ChartedWorkload& each) { return each.id == m_baseline; };
    if (!charted.empty() && std::none_of(charted.begin(), charted.end(), isBaseline))
        m_baseline = charted.front().id;
    m_plotBar->setBaselines(charted, m_baseline);
    for (ChartCard* chart : m_charts->cards()) {
        chart->setBaseline(m_baseline);
        chart->setWorkloads(charted);
    }
}

void ComparePage::readCurrent()
{
    m_current.clear();
    for (const WorkloadInfo& info : m_choice.workloads()) {
        m_current.push_back(readCompared(info, m_context.rings, figuresWindow()));
        m_current.back().diskBytes = m_diskUse.bytes(info.id);
    }
}

void ComparePage::refreshFigures()
{
    if (!isVisible() || QWidget::window()->isMinimized() || currentIndex() != kLive)
        return;
    readCurrent();
    for (const ComparedWorkload& workload : m_current)
        m_isolationWatch.request(workload.info); // again where there was no answer
    if (!m_comparison)
        m_figures->setFigures(liveFigures(m_current));
    m_memoryBars->setRows(memoryBars(m_current));
    refreshSummary();
}

/// The sentence of live readings changes a stretch at a time, and when something can be read that could not before or
/// the other way round; its intervals take some hundred microseconds.
void ComparePage::refreshSummary()
{
    const SummaryState state{ m_context.rings.lastTickNanoseconds() / std::chrono::nanoseconds(kSeriesBlock).count(),
        readFigures(m_current) };
    if (m_summaryState == state)
        return;
    m_summaryState = state;
    const auto baseline = std::find_if(m_current.begin(), m_current.end(),
        [this](const ComparedWorkload& each) { return each.info.id == m_baseline; });
    const QString text = m_comparison
        ? whatThisShows(*m_comparison)
        : whatThisShows(m_current, static_cast<std::size_t>(baseline - m_current.begin()));
    m_summary->parentWidget()->setVisible(!text.isEmpty());
    m_summary->setText(
        QStringLiteral("<b>%1</b> <span style=\"color:%2\">%3</span>")
            .arg(tr("What this shows."), Theme::current().color(ThemeColor::TextMuted).name(), text.toHtmlEscaped()));
}

void ComparePage::refreshAfterView()
{
    if (!m_view.isLive())
        return; // the figures are of now
    m_summaryState.reset();
    refreshFigures();
}

/// As much of the latest hour as the charts show.
TimeWindow ComparePage::figuresWindow() const
{
    const std::int64_t now = m_context.rings.lastTickNanoseconds();
    return { now - std::min(m_view.lengthNanoseconds(), std::chrono::nanoseconds(std::chrono::hours(1)).count()), now };
}

void ComparePage::openComparisonDialog()
{
    auto* dialog
        = new ComparisonDialog(m_context.images.images(), readWorkDefinitions(m_context.folders.workloads()), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ComparisonDialog::chosen, this, &ComparePage::runComparison);
    dialog->open();
}

void ComparePage::runComparison(const ComparisonPlan& plan)
{
    auto job = std::make_unique<ComparisonRun>(m_context.workloads, m_context.images, plan);
    const ComparisonRun* run = job.get();
    connect(run, &Job::finished, this, [this, run] {
        if (run->state() == Job::State::Succeeded)
            keep(run->comparison());
    });
    m_context.jobs.submit(std::move(job));
}

/// On the shelf, by a job, and shown.
void ComparePage::keep(const Comparison& comparison)
{
    m_context.jobs.submit(std::make_unique<ThreadJob>(tr("Keep the report of %1").arg(comparison.image),
        QThreadPool::globalInstance(), [shelf = ReportShelf(m_context.folders.reports()), comparison](JobContext&) {
            auto kept = shelf.keep(comparison);
            return kept ? Result<>() : Result<>(std::move(kept).error()).withContext("keep report");
        }));
    showComparison(comparison);
}

void ComparePage::refreshReports()
{
    m_bar->setReportAvailable(reportToSave() != nullptr);
    refreshChoice();
}

void ComparePage::dragEnterEvent(QDragEnterEvent* event)
{
    if (!ReportDesk::reportsIn(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void ComparePage::dropEvent(QDropEvent* event)
{
    m_desk->drop(ReportDesk::reportsIn(*event->mimeData()));
    event->acceptProposedAction();
}

/// The one that is looked at.
std::shared_ptr<const Report> ComparePage::reportToSave() const
{
    if (m_desk->isOpen() || !m_comparison)
        return m_desk->report();
    return std::make_shared<ComparisonReport>(*m_comparison);
}

void ComparePage::showComparison(std::optional<Comparison> comparison)
{
    m_comparison = std::move(comparison);
    m_desk->close(); // what is new is shown
    for (QPushButton* link : { m_showReport, m_showLive })
        link->setVisible(m_comparison.has_value());
    refreshReports();
}

/// Beyond the rings, and where the view stands still, what the charts show is all there is of it.
bool ComparePage::areRingsShown() const
{
    return m_view.isLive() && m_view.lengthNanoseconds() <= std::chrono::nanoseconds(std::chrono::hours(1)).count();
}

SavableFile ComparePage::fileOf(CompareExport what)
{
    const auto report = reportToSave();
    switch (what) {
    case CompareExport::Picture:
        return { QStringLiteral("compare.png"), tr("Picture"),
            [this] { return pngOf((currentIndex() == kReports ? m_desk->view()->widget() : m_report)->grab()); } };
    case CompareExport::ReadingsCsv:
        return { QStringLiteral("readings.csv"), tr("Table"),
            [this] { return readingsAsCsv(m_context.rings, m_choice.workloads(), figuresWindow()); },
            readingsCsvColumns() };
    case CompareExport::ReadingsJson:
        return { QStringLiteral("readings.json"), tr("JSON"),
            [this] { return readingsAsJson(m_context.rings, m_choice.workloads(), figuresWindow()); } };
    case CompareExport::ReportHtml:
        return { QStringLiteral("twin-report.html"), tr("Web page"), [report] { return report->toHtml().toUtf8(); } };
    case CompareExport::ReportJson:
        return { QStringLiteral("twin-report.json"), tr("JSON"), [report] { return report->toJson(); } };
    case CompareExport::ReportCsv:
        return { QStringLiteral("twin-report.csv"), tr("Table"), [report] { return report->toCsv(); } };
    case CompareExport::ReportPicture:
        break;
    }
    return { QStringLiteral("twin-report.png"), tr("Picture"), [report] { return reportPng(*report); } };
}

void ComparePage::exportAs(CompareExport what)
{
    const bool isOfReadings = what == CompareExport::ReadingsCsv || what == CompareExport::ReadingsJson;
    if (isOfReadings && !areRingsShown())
        return saveCharts(this, m_context.jobs, m_charts->cards(),
            what == CompareExport::ReadingsCsv ? ChartFormat::Csv : ChartFormat::Json);
    saveByJob(this, m_context.jobs, fileOf(what));
}

} // namespace twinhull
