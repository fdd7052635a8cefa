// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/decimator.h"

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

/// The lowest and highest reading of the column that is being read.
class Column {
public:
    bool isEmpty() const { return m_count == 0; }
    std::int64_t lastTime() const { return m_last; }

    void add(const TimePoint& point)
    {
        if (m_count++ == 0) {
            m_low = m_high = point;
        } else if (point.value < m_low.value) {
            m_low = point;
        } else if (point.value > m_high.value) {
            m_high = point;
        }
        m_last = point.monotonicNanoseconds;
    }

    void flushTo(UnbrokenRun& run)
    {
        if (m_count == 0)
            return;
        const bool lowFirst = m_low.monotonicNanoseconds <= m_high.monotonicNanoseconds;
        run.push_back(lowFirst ? m_low : m_high);
        if (m_low.value != m_high.value) // of the history both may stand at one moment
            run.push_back(lowFirst ? m_high : m_low);
        m_count = 0;
    }

private:
    TimePoint m_low;
    TimePoint m_high;
    std::int64_t m_last = 0;
    std::size_t m_count = 0;
};

std::span<const TimePoint> withinWindow(std::span<const TimePoint> points, const TimeWindow& window)
{
    const auto isBefore
        = [](const TimePoint& point, std::int64_t moment) { return point.monotonicNanoseconds < moment; };
    auto first = std::lower_bound(points.begin(), points.end(), window.fromNanoseconds, isBefore);
    auto last = std::lower_bound(first, points.end(), window.toNanoseconds + 1, isBefore);
    if (first != points.begin())
        --first;
    if (last != points.end())
        ++last;
    return { first, last };
}

} // namespace

std::vector<UnbrokenRun> decimate(
    std::span<const TimePoint> points, const TimeWindow& window, int columns, const GapRule& gaps)
{
    std::vector<UnbrokenRun> runs;
    if (window.length() <= 0 || columns <= 0)
        return runs;
    Column column;
    double columnIndex = 0;
    for (const TimePoint& point : withinWindow(points, window)) {
        const double index = std::floor(window.share(point.monotonicNanoseconds) * columns);
        const bool isAfterGap
            = runs.empty() || point.monotonicNanoseconds - column.lastTime() > gaps.after(column.lastTime());
        if (!runs.empty() && (isAfterGap || index != columnIndex))
            column.flushTo(runs.back());
        if (isAfterGap)
            runs.emplace_back();
        columnIndex = index;
        column.add(point);
    }
    if (!runs.empty())
        column.flushTo(runs.back());
    return runs;
}

} // namespace twinhull
