// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_card.h"

#include "core/twin/verdict.h"
#include "ui/metrics/chart_painter.h"
#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figure_explanation.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace twinhull {

namespace {

constexpr std::int64_t kLongestOfAges = 3'600'000'000'000; ///< beyond it clock times are easier to read
constexpr int kTimeLabels = 5;

} // namespace

ChartCard::ChartCard(SeriesSource& source, Quantity quantity, QWidget* parent)
    : Card(titleOf(quantity), parent)
    , m_source(source)
    , m_quantity(quantity)
    , m_canvas(new ChartCanvas)
    , m_unit(unitFor(quantity, 0))
{
    body()->addWidget(m_canvas, 1);
    m_canvas->setAccessibleName(tr("%1 over time").arg(titleOf(quantity)));
    connectCanvas();
    addActions();
    connect(&m_source.rings(), &MetricRings::ticked, this, &ChartCard::followTick);
    connect(&m_source, &SeriesSource::changed, this, [this] {
        m_judgedBlock.reset();
        refresh();
    });
    connect(&Theme::current(), &Theme::changed, this, [this] {
        m_canvas->applyTheme();
        refresh();
    });
}

void ChartCard::connectCanvas()
{
    connect(m_canvas, &ChartCanvas::cursorMoved, this, &ChartCard::cursorMoved);
    connect(m_canvas, &ChartCanvas::plotAreaChanged, this, &ChartCard::paintContents);
    connect(m_canvas, &ChartCanvas::entryChosen, this, &ChartCard::writeReading);
    connect(m_canvas, &ChartCanvas::zoomed, this, [this](double factor, std::optional<double> share) {
        TimeView& view = m_source.view();
        view.zoom(factor, share.value_or(view.isLive() ? 1 : 0.5)); // keys keep on following
    });
    connect(m_canvas, &ChartCanvas::panned, this, [this](double shares) { m_source.view().pan(shares); });
    connect(m_canvas, &ChartCanvas::wished, this, [this](ViewWish wish) {
        if (wish == ViewWish::Live)
            m_source.view().goLive();
        else
            m_source.view().reset();
    });
}

/// The context menu, whose keys work where the keyboard's focus is in this chart.
void ChartCard::addActions()
{
    const auto add = [this](const QString& text, const QKeySequence& keys, const auto& work) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, work);
        addAction(action);
    };
    add(tr("Copy as picture"), QKeySequence::Copy, [this] { QGuiApplication::clipboard()->setImage(picture()); });
    add(tr("Export what is shown (CSV)\u2026"), QKeySequence(tr("Ctrl+S")),
        [this] { Q_EMIT exportRequested(ChartFormat::Csv); });
    add(tr("Export what is shown (JSON)\u2026"), QKeySequence(tr("Ctrl+Shift+S")),
        [this] { Q_EMIT exportRequested(ChartFormat::Json); });
    add(tr("Read the history again"), QKeySequence(Qt::Key_R), [this] { m_source.retry(); });
    setContextMenuPolicy(Qt::ActionsContextMenu);
    m_canvas->setContextMenuPolicy(Qt::NoContextMenu); // the card's
    m_canvas->viewport()->setContextMenuPolicy(Qt::NoContextMenu);
}

QImage ChartCard::picture()
{
    constexpr double kSharper = 2;
    const double ratio = kSharper * devicePixelRatioF();
    QImage image((QSizeF(size()) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(Theme::current().color(ThemeColor::Surface));
    if (explainButton() != nullptr)
        explainButton()->setPainted(false);
    render(&image);
    if (explainButton() != nullptr)
        explainButton()->setPainted(true);
    return image;
}

void ChartCard::setWorkloads(std::vector<ChartedWorkload> workloads)
{
    if (workloads == m_workloads)
        return;
    m_workloads = std::move(workloads);
    m_judgedBlock.reset();
    refresh();
}

void ChartCard::setMode(ChartMode mode)
{
    m_mode = mode;
    m_judgedBlock.reset();
    refresh();
}

void ChartCard::setBaseline(const std::optional<WorkloadId>& baseline)
{
    if (baseline == m_baseline)
        return;
    m_baseline = baseline;
    m_judgedBlock.reset();
    refresh();
}

void ChartCard::setEvents(std::vector<ChartEvent> events)
{
    m_events = std::move(events);
    paintContents();
}

void ChartCard::setNote(const QString& note)
{
    m_note = note;
}

void ChartCard::setCursor(std::optional<double> share)
{
    m_cursor = share;
    m_canvas->setCursor(share);
    writeReading();
}

void ChartCard::showEvent(QShowEvent* event)
{
    Card::showEvent(event);
    if (!m_source.trouble().isEmpty())
        m_source.retry(); // whoever looks again does not wait
    refresh();
}

/// Where the view stands still the reading behind it tells of its end, and may come as late as what rests is read.
void ChartCard::followTick()
{
    const TimeView& view = m_source.view();
    const std::int64_t sinceEnd = view.now() - view.window().toNanoseconds;
    if (view.isLive() || (sinceEnd >= 0 && sinceEnd <= kGapNanoseconds))
        refresh();
}

void ChartCard::refresh()
{
    if (!isVisible() || window()->isMinimized())
        return;
    m_figures = readChart(m_source, m_quantity, m_workloads, m_mode, m_baseline);
    judgeDifference();
    rescale();
    writeTimes();
    paintContents();
    writeReading();
}

/// A stretch at a time: within one the answer does not change, and it costs some hundred microseconds.
void ChartCard::judgeDifference()
{
    const auto block = m_source.view().now() / std::chrono::nanoseconds(kSeriesBlock).count();
    if (m_judgedBlock == block)
        return;
    m_judgedBlock = block;
    const bool isOfTwo = m_figures.mode == ChartMode::Difference && m_figures.derived.size() == 1;
    m_finding = isOfTwo && !m_figures.isAgainstTime ? findingOf(m_figures.derived.front().common) : Finding::NotRead;
}

void ChartCard::rescale()
{
    const bool isRatio = m_figures.mode == ChartMode::Ratio;
    const double largest = m_figures.largest();
    const double lowest = isEqual() ? 0 : m_figures.lowest();
    m_unit = isRatio ? Unit{ 1, QStringLiteral("\u00d7") } : unitFor(m_quantity, std::max(largest, -lowest));
    m_canvas->setScale(axisScale(lowest / m_unit.divisor, largest / m_unit.divisor));
    setTitle(isRatio ? tr("%1, ratio").arg(titleOf(m_quantity)) : axisTitle(m_quantity, m_unit));
    const QString against = againstText(speech());
    const QString refused = isRatio ? tr("Each %1: a gap where that is 0 or was not read.").arg(against) : refusal();
    setExplanation((refused.isEmpty() ? QString() : refused + QStringLiteral("\n\n")) + explanationOf(m_quantity));
}

void ChartCard::writeTimes()
{
    const TimeView& view = m_source.view();
    const std::int64_t length = view.lengthNanoseconds();
    m_canvas->setTimeLabels(view.isLive() && length <= kLongestOfAges
            ? agesOf(std::chrono::nanoseconds(length))
            : clockTimesOf(m_figures.window, wallClockAhead(), kTimeLabels));
}

void ChartCard::paintContents()
{
    const QRectF& area = m_canvas->plotArea();
    if (area.isEmpty() || m_figures.window.length() <= 0)
        return;
    const PixelWindow shown(m_figures.window, area.width());
    PlotContents contents
        = paintFigures(m_figures, isEqual(), { area, m_canvas->scale(), m_unit.divisor, shown.window });
    for (const ChartEvent& event : m_events) {
        const double share = shown.window.share(event.monotonicNanoseconds);
        if (share >= 0 && share <= 1)
            contents.marks.push_back({ area.left() + share * area.width(), event.word });
    }
    contents.legendColor = Theme::current().color(ThemeColor::TextMuted);
    contents.legend = legend();
    contents.notice = noticeOf(speech());
    m_canvas->setContents(std::move(contents), movedSince({ area, shown.nanoseconds, shown.pixels }));
}

std::vector<ReadoutRow> ChartCard::legend()
{
    std::vector<ReadoutRow> rows;
    m_legendLines.clear();
    for (std::size_t i = 0; i < m_figures.lines.size(); ++i) {
        const ChartLine& line = m_figures.lines[i];
        if (m_quantity.form() == Quantity::Form::Sum || line.readings.isEmpty())
            continue;
        rows.push_back({ line.workload.color, line.workload.style, line.workload.label, {}, line.workload.marker });
        m_legendLines.push_back(i);
    }
    if (auto baseline = legendOfBaseline(speech()))
        rows.push_back(*std::move(baseline));
    if (auto overlay = legendOfOverlay(speech()))
        rows.push_back(*std::move(overlay));
    m_legendLabels.clear();
    for (const ReadoutRow& row : rows)
        m_legendLabels.push_back(row.label);
    return rows;
}

/// A line's own figure; what lies under the lines, or what they stand against, is the chart's.
FigureExplanation ChartCard::explanationOfEntry(std::size_t entry) const
{
    return entry < m_legendLines.size() ? explanationOfLine(speech(), m_figures.lines[m_legendLines[entry]])
                                        : FigureExplanation{ m_legendLabels[entry], {}, explanationOf(m_quantity) };
}

void ChartCard::explain()
{
    const auto entry = m_canvas->chosenEntry();
    if (entry && *entry < m_legendLabels.size())
        FigurePopover::open({ explanationOfEntry(*entry) }, *m_canvas->viewport(), m_canvas->chosenArea());
    else
        Card::explain();
}

/// To the left; nothing where a pixel is another stretch of time than before.
std::optional<int> ChartCard::movedSince(const Placed& placed)
{
    const Placed before = std::exchange(m_placed, placed);
    const std::int64_t moved = placed.pixels - before.pixels;
    const bool isMoved = before.area == placed.area && before.nanoseconds == placed.nanoseconds && moved >= 0
        && static_cast<double>(moved) < placed.area.width() / 2;
    return isMoved ? std::optional(static_cast<int>(moved)) : std::nullopt;
}

std::int64_t ChartCard::moment(double share) const
{
    const TimeWindow& window = m_figures.window;
    return window.fromNanoseconds + static_cast<std::int64_t>(share * static_cast<double>(window.length()));
}

void ChartCard::writeReading()
{
    const QString reading = m_cursor ? readingAtMoment(speech(), moment(*m_cursor)) : readingOfView(speech());
    setRemark(reading);
    QStringList spoken{ reading };
    if (m_cursor && !m_figures.lines.empty())
        spoken.prepend(momentText(moment(*m_cursor)));
    for (const QString& more : { againstText(speech()), refusal() }) {
        if (!more.isEmpty())
            spoken << more;
    }
    if (const auto entry = m_canvas->chosenEntry(); entry && *entry < m_legendLabels.size())
        spoken.prepend(tr("Chosen: %1").arg(m_legendLabels[*entry]));
    setAccessibleDescription(spoken.join(QStringLiteral(". ")));
    m_canvas->setAccessibleDescription(tr("Left and right move in time, plus and minus zoom, L follows again, Escape "
                                          "starts over, Control with left and "
                                          "right moves the crosshair, Control with up and down chooses an entry of the "
                                          "legend, which Shift+F1 explains. ")
        + spoken.join(QStringLiteral(". ")));
    m_canvas->setReadout(readout());
}

ChartSpeech ChartCard::speech() const
{
    return { m_figures, m_source, m_quantity, isEqual(), m_note, m_finding == Finding::Uncertain };
}

/// Only where the person looks: on the other charts of the page the crosshair is enough.
PlotReadout ChartCard::readout() const
{
    if (!m_cursor || !m_canvas->isLookedAt() || m_figures.lines.empty())
        return {};
    const Theme& theme = Theme::current();
    const std::int64_t at = moment(*m_cursor);
    return { momentText(at), rowsAtMoment(speech(), at), theme.color(ThemeColor::Surface),
        theme.color(ThemeColor::Border), theme.color(ThemeColor::Text) };
}

/// Why a wanted difference is not shown; empty where it is.
QString ChartCard::refusal() const
{
    return m_figures.isRefused ? tr("No difference is drawn: this computer counted one of them, the guest the other.")
                               : QString();
}

} // namespace twinhull
