// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_card.h"

#include "core/twin/verdict.h"
#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"

#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

double largestOf(std::span<const TimePoint> readings, std::int64_t from)
{
    double largest = 0;
    for (const TimePoint& point : readings) {
        if (point.monotonicNanoseconds >= from)
            largest = std::max(largest, double{ point.value });
    }
    return largest;
}

double lowestOf(std::span<const TimePoint> readings)
{
    double lowest = 0;
    for (const TimePoint& point : readings)
        lowest = std::min(lowest, double{ point.value });
    return lowest;
}

} // namespace

ChartCard::ChartCard(const MetricRings& rings, Quantity quantity, QWidget* parent)
    : Card(titleOf(quantity), parent)
    , m_rings(rings)
    , m_quantity(quantity)
    , m_canvas(new ChartCanvas)
    , m_unit(unitFor(quantity, 0))
{
    body()->addWidget(m_canvas, 1);
    m_canvas->setTimeSpan(m_span);
    m_canvas->setAccessibleName(tr("%1 over time").arg(titleOf(quantity)));
    connect(m_canvas, &ChartCanvas::cursorMoved, this, &ChartCard::cursorMoved);
    connect(m_canvas, &ChartCanvas::plotAreaChanged, this, &ChartCard::paintContents);
    connect(&m_rings, &MetricRings::ticked, this, &ChartCard::refresh);
    connect(&Theme::current(), &Theme::changed, this, [this] {
        m_canvas->applyTheme();
        refresh();
    });
}

void ChartCard::setWorkloads(std::vector<ChartedWorkload> workloads)
{
    if (workloads == m_workloads)
        return;
    m_workloads = std::move(workloads);
    m_judgedBlock.reset();
    refresh();
}

void ChartCard::setTimeSpan(std::chrono::seconds span)
{
    m_span = span;
    m_canvas->setTimeSpan(span);
    m_judgedBlock.reset();
    refresh();
}

void ChartCard::setDifference(Difference difference)
{
    m_differenceWish = difference;
    m_judgedBlock.reset();
    refresh();
}

void ChartCard::setEvents(std::vector<WorkloadEvent> events)
{
    m_events = std::move(events);
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
    refresh();
}

/// Where there is no reading yet nobody has spoken.
bool ChartCard::isGuestsReading(const ChartedWorkload& workload) const
{
    const MetricPoint* point = m_rings.latest(workload.id);
    return point != nullptr && isGuestsWord(*point, metricsOf(m_quantity).front());
}

bool ChartCard::areOfOneSide() const
{
    return std::adjacent_find(m_workloads.begin(), m_workloads.end(), [this](const auto& one, const auto& other) {
        return isGuestsReading(one) != isGuestsReading(other);
    }) == m_workloads.end();
}

bool ChartCard::isDifferenceWanted() const
{
    return m_differenceWish == Difference::Shown && m_workloads.size() == 2;
}

bool ChartCard::isDifferenceShown() const
{
    return isDifferenceWanted() && areOfOneSide();
}

void ChartCard::refresh()
{
    if (!isVisible() || window()->isMinimized())
        return;
    read();
    rescale();
    paintContents();
    writeReading();
}

void ChartCard::read()
{
    const std::int64_t now = m_rings.lastTickNanoseconds();
    m_window = { now - std::chrono::nanoseconds(m_span).count(), now };
    m_readings.clear();
    for (const ChartedWorkload& workload : m_workloads)
        m_readings.push_back(readingsOf(m_rings, workload.id, m_quantity, m_window));
    m_common = isDifferenceShown() ? commonTicks(m_readings[0], m_readings[1]) : CommonTicks{};
    m_difference = m_common.difference();
    judgeDifference();
}

/// A stretch at a time: within one the answer does not change, and it costs some hundred microseconds.
void ChartCard::judgeDifference()
{
    const auto block = m_rings.lastTickNanoseconds() / std::chrono::nanoseconds(kSeriesBlock).count();
    if (m_judgedBlock == block)
        return;
    m_judgedBlock = block;
    m_isEqual = isWithinNoise(m_difference);
}

void ChartCard::rescale()
{
    double largest = 0;
    for (const Readings& readings : m_readings)
        largest = std::max(largest, largestOf(readings, m_window.fromNanoseconds));
    const double lowest = m_isEqual ? 0 : lowestOf(m_difference);
    m_unit = unitFor(m_quantity, std::max(largest, -lowest));
    m_canvas->setScale(axisScale(lowest / m_unit.divisor, largest / m_unit.divisor));
    setTitle(axisTitle(m_quantity, m_unit));
    const QString refused = refusal();
    setExplanation((refused.isEmpty() ? QString() : refused + QStringLiteral("\n\n")) + explanationOf(m_quantity));
}

void ChartCard::paintContents()
{
    if (m_canvas->plotArea().isEmpty() || m_window.length() <= 0)
        return;
    const Theme& theme = Theme::current();
    PlotContents contents;
    contents.markColor = theme.color(ThemeColor::TextFaint);
    contents.markFont = chartFont();
    contents.bandColor = chartBandColor();
    contents.bands = bandPolygons();
    if (isDifferenceShown() && !m_isEqual)
        contents.lines.push_back(toLine(m_difference, chartDifferenceColor(), Qt::SolidLine));
    for (std::size_t i = 0; i < m_readings.size(); ++i)
        contents.lines.push_back(toLine(m_readings[i], m_workloads[i].color, m_workloads[i].style));
    const QRectF& area = m_canvas->plotArea();
    for (const WorkloadEvent& event : m_events) {
        const double share = m_window.share(event.monotonicNanoseconds);
        if (share >= 0 && share <= 1)
            contents.marks.push_back({ area.left() + share * area.width(), event.word });
    }
    m_canvas->setContents(std::move(contents));
}

PlotLine ChartCard::toLine(std::span<const TimePoint> readings, const QColor& color, Qt::PenStyle style) const
{
    PlotLine line{ color, style, {} };
    const int columns = static_cast<int>(m_canvas->plotArea().width());
    for (const UnbrokenRun& run : decimate(readings, m_window, columns))
        line.pieces.push_back(toPolygon(run));
    return line;
}

QPolygonF ChartCard::toPolygon(const UnbrokenRun& run) const
{
    const QRectF& area = m_canvas->plotArea();
    const AxisScale& scale = m_canvas->scale();
    const double height = area.height() / (scale.top - scale.bottom);
    QPolygonF polygon;
    polygon.reserve(static_cast<qsizetype>(run.size()));
    for (const TimePoint& point : run) {
        const double x = area.left() + m_window.share(point.monotonicNanoseconds) * area.width();
        polygon << QPointF(x, area.bottom() - (point.value / m_unit.divisor - scale.bottom) * height);
    }
    return polygon;
}

std::vector<QPolygonF> ChartCard::bandPolygons() const
{
    const int columns = static_cast<int>(m_canvas->plotArea().width());
    const auto first = decimate(m_common.first, m_window, columns);
    const auto second = decimate(m_common.second, m_window, columns);
    std::vector<QPolygonF> bands;
    for (std::size_t i = 0; i < first.size() && i < second.size(); ++i) { // equal times, so equal gaps
        QPolygonF band = toPolygon(first[i]);
        const QPolygonF back = toPolygon(second[i]);
        std::copy(back.rbegin(), back.rend(), std::back_inserter(band));
        bands.push_back(std::move(band));
    }
    return bands;
}

void ChartCard::writeReading()
{
    const QString reading = m_cursor ? readingAtCursor() : readingNow();
    setRemark(reading);
    const QString refused = refusal();
    setAccessibleDescription(refused.isEmpty() ? reading : reading + QStringLiteral(". ") + refused);
}

QString ChartCard::readingNow() const
{
    if (m_workloads.empty())
        return {};
    QStringList texts;
    std::vector<double> values;
    for (const ChartedWorkload& workload : m_workloads) {
        const MetricPoint* point = currentPoint(m_rings, workload.id);
        const auto value = point != nullptr ? readingOf(*point, m_quantity) : Reading<double>();
        if (!value)
            continue;
        values.push_back(*value);
        texts << wordedReading(workload, *value);
    }
    if (values.empty())
        return missingReason();
    if (isDifferenceShown() && values.size() == 2)
        return m_isEqual ? tr("equal within the noise")
                         : tr("difference %1").arg(signedReadingText(m_quantity, values[1] - values[0]));
    if (m_workloads.size() == 1 && !m_note.isEmpty())
        texts << m_note;
    return texts.join(QStringLiteral(" \u00b7 "));
}

QString ChartCard::wordedReading(const ChartedWorkload& workload, double value) const
{
    const QString text = readingText(m_quantity, value);
    return isGuestsReading(workload) ? tr("guest: %1").arg(text) : text;
}

QString ChartCard::readingAtCursor() const
{
    const auto moment
        = m_window.fromNanoseconds + static_cast<std::int64_t>(*m_cursor * static_cast<double>(m_window.length()));
    QStringList texts;
    for (std::size_t i = 0; i < m_readings.size(); ++i) {
        const auto value = readingAt(m_readings[i], moment);
        const QString text = value ? wordedReading(m_workloads[i], *value) : tr("not read");
        texts << (m_readings.size() > 1 ? m_workloads[i].label + u' ' + text : text);
    }
    if (const auto difference = readingAt(m_difference, moment))
        return tr("difference %1 at the cursor").arg(signedReadingText(m_quantity, *difference));
    return texts.join(QStringLiteral(" \u00b7 "));
}

/// Why a wanted difference is not shown; empty where it is.
QString ChartCard::refusal() const
{
    return isDifferenceWanted() && !areOfOneSide()
        ? tr("No difference is drawn: this computer counted one of them, the guest the other.")
        : QString();
}

QString ChartCard::missingReason() const
{
    for (const ChartedWorkload& workload : m_workloads) {
        const MetricPoint* point = currentPoint(m_rings, workload.id);
        const Needs needs = point != nullptr ? readingOf(*point, m_quantity).needs() : Needs::Nothing;
        if (needs != Needs::Nothing)
            return sentenceFor(needs);
    }
    return tr("no reading");
}

} // namespace twinhull
