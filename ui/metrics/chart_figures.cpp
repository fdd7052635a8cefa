// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_figures.h"

#include "core/metrics/metric_catalogue.h"
#include "ui/metrics/chart_palette.h"

#include <algorithm>
#include <iterator>
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
            lines.push_back(
                { { workload.id, label, chartPartColor(part), chartPenStyle(part), chartMarker(part) }, metric, {} });
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

bool areOfOneSide(const MetricRings& rings, Quantity quantity, const WorkloadId& one, const WorkloadId& other)
{
    return one == other || isGuestsReading(rings, one, quantity) == isGuestsReading(rings, other, quantity);
}

bool compares(ChartMode mode)
{
    return mode == ChartMode::Difference || mode == ChartMode::Ratio;
}

std::int64_t stepNumber(std::int64_t moment, std::int64_t step)
{
    return moment / step - (moment % step < 0 ? 1 : 0); // times before this boot are below 0
}

/// The means of equal steps, each reading by the time that it tells of, at the mean of their times, up to a moment.
class StepMeans {
public:
    StepMeans(const SeriesReadings& series, std::int64_t until, std::int64_t step)
        : m_readings(series.means), m_moments(series.moments), m_gaps(series.gaps), m_until(until), m_step(step)
    {
    }

    bool isAtEnd() const { return m_next >= m_readings.size() || m_readings[m_next].monotonicNanoseconds >= m_until; }
    std::int64_t number() const { return stepNumber(m_readings[m_next].monotonicNanoseconds, m_step); }
    std::size_t next() const { return m_next; }

    TimePoint take()
    {
        const std::int64_t step = number();
        const std::int64_t begin = m_readings[m_next].monotonicNanoseconds;
        std::int64_t times = 0;
        double sum = 0;
        double told = 0;
        int count = 0;
        for (; !isAtEnd() && number() == step; ++m_next, ++count) {
            const TimePoint& point = m_readings[m_next];
            const auto before = readBefore(m_previous, m_moments, point.monotonicNanoseconds);
            const auto weight = static_cast<double>(toldNanoseconds(before, point.monotonicNanoseconds, m_gaps));
            times += point.monotonicNanoseconds - begin;
            sum += double{ point.value } * weight;
            told += weight;
            m_previous = point.monotonicNanoseconds;
        }
        return { begin + times / count, static_cast<float>(sum / told) };
    }

private:
    std::span<const TimePoint> m_readings;
    std::span<const std::int64_t> m_moments;
    GapRule m_gaps;
    std::int64_t m_until;
    std::int64_t m_step;
    std::size_t m_next = 0;
    std::optional<std::int64_t> m_previous; ///< the time of the reading before
};

GapRule coarserOf(const SeriesReadings& first, const SeriesReadings& second)
{
    if (first.stepNanoseconds == 0 || second.stepNanoseconds == 0)
        return first.stepNanoseconds == 0 ? second.gaps : first.gaps;
    return { std::max(first.gaps.coarseUntilNanoseconds, second.gaps.coarseUntilNanoseconds),
        std::max(first.gaps.coarseNanoseconds, second.gaps.coarseNanoseconds) };
}

Moments momentsOfEither(const SeriesReadings& first, const SeriesReadings& second)
{
    Moments moments;
    std::set_union(first.moments.begin(), first.moments.end(), second.moments.begin(), second.moments.end(),
        std::back_inserter(moments));
    return moments;
}

/// From those places on. What is not read at each tick holds for none but its own: a disk without requests has no
/// latency.
CommonTicks ticksFrom(
    const SeriesReadings& first, std::size_t ofFirst, const SeriesReadings& second, std::size_t ofSecond)
{
    const auto one = std::span(first.means).subspan(ofFirst);
    const auto other = std::span(second.means).subspan(ofSecond);
    const bool isAtEachTick = first.moments.empty() && second.moments.empty();
    return isAtEachTick ? ticksOfEither(one, other) : commonTicks(one, other);
}

/// `base` is one of `others`.
void addDerived(ChartFigures& figures, std::size_t line, std::span<const ChartLine> others, std::size_t base)
{
    const SeriesReadings& what = figures.lines[line].readings;
    const SeriesReadings& against = others[base].readings;
    DerivedLine derived{ line, base, others[base].workload.label, commonReadings(against, what), {},
        coarserOf(against, what) };
    derived.values = figures.mode == ChartMode::Ratio ? derived.common.ratio() : derived.common.difference();
    figures.derived.push_back(std::move(derived));
}

void compareWithBaseline(ChartFigures& figures, const MetricRings& rings, Quantity quantity, std::size_t baseline)
{
    for (std::size_t i = 0; i < figures.lines.size(); ++i) {
        if (i == baseline)
            continue;
        if (areOfOneSide(rings, quantity, figures.lines[baseline].workload.id, figures.lines[i].workload.id))
            addDerived(figures, i, figures.lines, baseline);
        else
            figures.isRefused = true;
    }
}

/// The other range is of each line, or of one workload for all.
void compareWithOtherTime(ChartFigures& figures, const MetricRings& rings, Quantity quantity)
{
    for (std::size_t i = 0; i < figures.lines.size() && !figures.under.empty(); ++i) {
        const std::size_t base = figures.under.size() == figures.lines.size() ? i : 0;
        if (areOfOneSide(rings, quantity, figures.under[base].workload.id, figures.lines[i].workload.id))
            addDerived(figures, i, figures.under, base);
        else
            figures.isRefused = true;
    }
}

std::size_t placeOf(std::span<const ChartedWorkload> workloads, const std::optional<WorkloadId>& baseline)
{
    const auto found = std::find_if(workloads.begin(), workloads.end(),
        [&baseline](const ChartedWorkload& each) { return baseline && each.id == *baseline; });
    return found == workloads.end() ? 0 : static_cast<std::size_t>(found - workloads.begin());
}

/// Without a common reading there is no difference, and the lines themselves say more than an empty plot. A ratio tells
/// by itself why there is none.
void dropEmptyDifferences(ChartFigures& figures)
{
    const bool isAny = std::any_of(figures.derived.begin(), figures.derived.end(),
        [](const DerivedLine& derived) { return !derived.values.empty(); });
    if (isAny || figures.mode != ChartMode::Difference)
        return;
    figures.derived.clear();
    figures.isAgainstTime = false;
}

void readUnder(
    ChartFigures& figures, const SeriesSource& source, Quantity quantity, std::span<const ChartedWorkload> workloads)
{
    if (source.overlay() == Overlay::None)
        return;
    const OtherRange& other = source.other();
    if (source.overlay() == Overlay::Chosen && other.workload) {
        const ChartedWorkload one[]
            = { { *other.workload, other.label, chartColor(other.workload->kind, 0), Qt::DotLine } };
        figures.under = linesFor(quantity, one);
    } else {
        figures.under = linesFor(quantity, workloads);
    }
    for (ChartLine& line : figures.under)
        line.readings = source.readOverlay(line.workload.id, line.quantity);
}

} // namespace

bool isGuestsReading(const MetricRings& rings, const WorkloadId& id, Quantity quantity)
{
    const MetricPoint* point = rings.latest(id);
    return point != nullptr && isGuestsWord(*point, quantity.metrics().front());
}

CommonTicks commonReadings(const SeriesReadings& first, const SeriesReadings& second)
{
    const std::int64_t step = std::max(first.stepNanoseconds, second.stepNanoseconds);
    CommonTicks common;
    if (step == 0) {
        common = ticksFrom(first, 0, second, 0);
        common.moments = momentsOfEither(first, second);
        return common;
    }
    const std::int64_t until = coarserOf(first, second).coarseUntilNanoseconds;
    common.moments = momentsOfEither(first, second);
    StepMeans one(first, until, step);
    StepMeans other(second, until, step);
    while (!one.isAtEnd() && !other.isAtEnd()) {
        const bool isBoth = one.number() == other.number();
        const bool isOnesFirst = one.number() < other.number();
        const TimePoint taken = isBoth || isOnesFirst ? one.take() : other.take();
        if (!isBoth)
            continue;
        common.first.push_back(taken);
        common.second.push_back({ taken.monotonicNanoseconds, other.take().value });
    }
    while (!one.isAtEnd())
        (void)one.take(); // of what has no counterpart
    while (!other.isAtEnd())
        (void)other.take();
    const CommonTicks rest = ticksFrom(first, one.next(), second, other.next());
    common.first.insert(common.first.end(), rest.first.begin(), rest.first.end());
    common.second.insert(common.second.end(), rest.second.begin(), rest.second.end());
    return common;
}

ChartFigures readChart(const SeriesSource& source, Quantity quantity, std::span<const ChartedWorkload> workloads,
    ChartMode wish, const std::optional<WorkloadId>& baseline)
{
    ChartFigures figures;
    figures.window = source.view().window();
    figures.mode = quantity.form() == Quantity::Form::Sum ? wish
        : quantity.form() == Quantity::Form::Parts        ? ChartMode::Stacked
                                                          : ChartMode::Each;
    figures.lines = linesFor(quantity, workloads);
    for (ChartLine& line : figures.lines)
        line.readings = source.read(line.workload.id, line.quantity);
    readUnder(figures, source, quantity, workloads);
    if (compares(figures.mode) && !figures.lines.empty()) {
        figures.isAgainstTime
            = !figures.under.empty() && (figures.lines.size() == 1 || source.overlay() == Overlay::Chosen);
        if (figures.isAgainstTime)
            compareWithOtherTime(figures, source.rings(), quantity);
        else
            compareWithBaseline(figures, source.rings(), quantity, placeOf(workloads, baseline));
        dropEmptyDifferences(figures);
    }
    if (compares(figures.mode) && figures.derived.empty())
        figures.mode = ChartMode::Each;
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
    const auto inWindow = [&](std::span<const TimePoint> readings, const GapRule& gaps) {
        for (const TimePoint& point : coveringOf(readings, figures.window, gaps))
            visit(double{ point.value });
    };
    if (figures.mode == ChartMode::Stacked) {
        inWindow(figures.stack.total, figures.stack.gaps);
        inWindow(figures.underStack.total, figures.underStack.gaps);
        return;
    }
    for (const DerivedLine& derived : figures.derived)
        inWindow(derived.values, derived.gaps);
    if (figures.isOfDerivedAlone())
        return;
    for (const auto* lines : { &figures.lines, &figures.under }) {
        for (const ChartLine& line : *lines) {
            for (const auto* readings : { &line.readings.means, &line.readings.lows, &line.readings.highs })
                inWindow(*readings, line.readings.gaps);
        }
    }
}

} // namespace

/// Lines of many workloads and their differences on one plot could not be told apart.
bool ChartFigures::isOfDerivedAlone() const
{
    return mode == ChartMode::Ratio || derived.size() > 1;
}

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
