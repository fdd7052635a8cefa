// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_figures.h"

#include "core/metrics/metric_catalogue.h"
#include "ui/metrics/chart_palette.h"

#include <algorithm>
#include <limits>

namespace twinhull {

namespace {

constexpr std::int64_t kOneTickNanoseconds = 300'000'000;

std::vector<ChartLine> linesFor(Quantity quantity, std::span<const ChartedWorkload> workloads)
{
    std::vector<ChartLine> lines;
    for (const ChartedWorkload& workload : workloads) {
        if (quantity.form() == Quantity::Form::Sum) {
            lines.push_back({ workload, quantity, {} });
            continue;
        }
        for (const Metric metric : quantity.metrics()) {
            const auto part = static_cast<int>(lines.size());
            const QString name = titleOf(about(metric));
            const QString label = workloads.size() > 1 ? workload.label + u' ' + name : name;
            lines.push_back({ { workload.id, label, chartPartColor(part), chartPenStyle(part) }, metric, {} });
        }
    }
    return lines;
}

/// Goes through the ticks of several lines together.
class StackBuilder {
public:
    explicit StackBuilder(std::span<const ChartLine> lines) : m_lines(lines), m_next(lines.size()) { }

    ChartStack build()
    {
        ChartStack stack;
        stack.tops.resize(m_lines.size());
        for (const ChartLine& line : m_lines) {
            stack.gaps.coarseUntilNanoseconds
                = std::max(stack.gaps.coarseUntilNanoseconds, line.readings.gaps.coarseUntilNanoseconds);
            stack.gaps.coarseNanoseconds = std::max(stack.gaps.coarseNanoseconds, line.readings.gaps.coarseNanoseconds);
        }
        for (std::int64_t moment = nextMoment(); moment != kNever; moment = nextMoment())
            addTick(stack, moment);
        return stack;
    }

private:
    static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

    const Readings& readingsOfLine(std::size_t line) const { return m_lines[line].readings.means; }

    std::int64_t nextMoment() const
    {
        std::int64_t next = kNever;
        for (std::size_t line = 0; line < m_lines.size(); ++line) {
            if (m_next[line] < readingsOfLine(line).size())
                next = std::min(next, readingsOfLine(line)[m_next[line]].monotonicNanoseconds);
        }
        return next;
    }

    void addTick(ChartStack& stack, std::int64_t moment)
    {
        float sum = 0;
        for (std::size_t line = 0; line < m_lines.size(); ++line) {
            sum += valueAt(line, moment);
            stack.tops[line].push_back(sum);
        }
        stack.total.push_back({ moment, sum });
    }

    /// A line that has no reading of just that tick keeps its latest; where it has a gap it has no height.
    float valueAt(std::size_t line, std::int64_t moment)
    {
        const Readings& readings = readingsOfLine(line);
        std::size_t& next = m_next[line];
        while (next < readings.size() && readings[next].monotonicNanoseconds <= moment + kOneTickNanoseconds)
            ++next;
        if (next == 0)
            return 0;
        const TimePoint& latest = readings[next - 1];
        const auto age = moment - latest.monotonicNanoseconds;
        return age <= m_lines[line].readings.gaps.after(latest.monotonicNanoseconds) ? latest.value : 0;
    }

    std::span<const ChartLine> m_lines;
    std::vector<std::size_t> m_next;
};

bool areOfOneSide(const MetricRings& rings, Quantity quantity, std::span<const ChartedWorkload> workloads)
{
    return isGuestsReading(rings, workloads[0].id, quantity) == isGuestsReading(rings, workloads[1].id, quantity);
}

bool isOfTwo(ChartMode mode)
{
    return mode == ChartMode::Difference || mode == ChartMode::Ratio;
}

void setTwo(ChartFigures& figures)
{
    const SeriesReadings& first = figures.lines[0].readings;
    const SeriesReadings& second = figures.lines[1].readings;
    figures.common = ticksOfEither(first.means, second.means);
    figures.derived = figures.mode == ChartMode::Ratio ? figures.common.ratio() : figures.common.difference();
    figures.derivedGaps = { std::max(first.gaps.coarseUntilNanoseconds, second.gaps.coarseUntilNanoseconds),
        std::max(first.gaps.coarseNanoseconds, second.gaps.coarseNanoseconds) };
}

} // namespace

bool isGuestsReading(const MetricRings& rings, const WorkloadId& id, Quantity quantity)
{
    const MetricPoint* point = rings.latest(id);
    return point != nullptr && isGuestsWord(*point, quantity.metrics().front());
}

ChartFigures readChart(
    const SeriesSource& source, Quantity quantity, std::span<const ChartedWorkload> workloads, ChartMode wish)
{
    ChartFigures figures;
    figures.window = source.view().window();
    figures.mode = quantity.form() == Quantity::Form::Sum ? wish
        : quantity.form() == Quantity::Form::Parts        ? ChartMode::Stacked
                                                          : ChartMode::Each;
    if (isOfTwo(figures.mode)) {
        figures.isRefused = workloads.size() == 2 && !areOfOneSide(source.rings(), quantity, workloads);
        if (workloads.size() != 2 || figures.isRefused)
            figures.mode = ChartMode::Each;
    }
    figures.lines = linesFor(quantity, workloads);
    for (ChartLine& line : figures.lines)
        line.readings = source.read(line.workload.id, line.quantity);
    if (source.overlay() != Overlay::None) {
        figures.under = linesFor(quantity, workloads);
        for (ChartLine& line : figures.under)
            line.readings = source.readOverlay(line.workload.id, line.quantity);
    }
    if (isOfTwo(figures.mode))
        setTwo(figures);
    if (figures.mode == ChartMode::Stacked)
        figures.stack = StackBuilder(figures.lines).build();
    if (figures.mode == ChartMode::Stacked && !figures.under.empty())
        figures.underStack = StackBuilder(figures.under).build();
    return figures;
}

namespace {

template <typename Visit>
void visitDrawn(const ChartFigures& figures, Visit visit)
{
    const auto inWindow = [&](std::span<const TimePoint> readings) {
        for (const TimePoint& point : readings) {
            if (point.monotonicNanoseconds >= figures.window.fromNanoseconds
                && point.monotonicNanoseconds <= figures.window.toNanoseconds)
                visit(double{ point.value });
        }
    };
    if (figures.mode == ChartMode::Stacked) {
        inWindow(figures.stack.total);
        inWindow(figures.underStack.total);
        return;
    }
    inWindow(figures.derived);
    if (figures.mode == ChartMode::Ratio)
        return;
    for (const auto* lines : { &figures.lines, &figures.under }) {
        for (const ChartLine& line : *lines) {
            for (const auto* readings : { &line.readings.means, &line.readings.lows, &line.readings.highs })
                inWindow(*readings);
        }
    }
}

} // namespace

bool ChartFigures::isEmpty() const
{
    bool isAny = false;
    visitDrawn(*this, [&isAny](double) { isAny = true; });
    return !isAny;
}

double ChartFigures::largest() const
{
    double largest = 0;
    visitDrawn(*this, [&largest](double value) { largest = std::max(largest, value); });
    return largest;
}

double ChartFigures::lowest() const
{
    double lowest = 0;
    visitDrawn(*this, [&lowest](double value) { lowest = std::min(lowest, value); });
    return lowest;
}

} // namespace twinhull
