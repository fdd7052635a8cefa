// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/time_series.h"

#include <algorithm>
#include <limits>

namespace twinhull {

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::size_t kFirstReservation = 64;

} // namespace

TimeSeries::TimeSeries(std::size_t capacity) : m_capacity(std::max<std::size_t>(capacity, 1)) { }

void TimeSeries::append(std::int64_t monotonicNanoseconds, float value)
{
    if (isEmpty())
        m_epochNanoseconds = monotonicNanoseconds;
    std::int64_t offset = (monotonicNanoseconds - m_epochNanoseconds) / kMillisecond;
    if (!isEmpty() && (monotonicNanoseconds < m_epochNanoseconds || offset < millisecondsOf(size() - 1)))
        return;
    if (offset > std::numeric_limits<std::uint32_t>::max()) {
        rebase(monotonicNanoseconds);
        offset = (monotonicNanoseconds - m_epochNanoseconds) / kMillisecond;
    }
    put(static_cast<std::uint32_t>(offset), value);
}

TimePoint TimeSeries::at(std::size_t index) const
{
    return { m_epochNanoseconds + millisecondsOf(index) * kMillisecond, m_values[physical(index)] };
}

std::optional<TimePoint> TimeSeries::last() const
{
    if (isEmpty())
        return std::nullopt;
    return at(size() - 1);
}

std::size_t TimeSeries::firstAtOrAfter(std::int64_t monotonicNanoseconds) const
{
    if (monotonicNanoseconds <= m_epochNanoseconds)
        return 0;
    const std::int64_t wanted = (monotonicNanoseconds - m_epochNanoseconds) / kMillisecond;
    std::size_t first = 0;
    std::size_t count = size();
    while (count > 0) {
        const std::size_t half = count / 2;
        if (millisecondsOf(first + half) < wanted) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first;
}

std::size_t TimeSeries::physical(std::size_t index) const
{
    const std::size_t position = m_start + index;
    return position < m_values.size() ? position : position - m_values.size();
}

std::int64_t TimeSeries::millisecondsOf(std::size_t index) const
{
    return m_milliseconds[physical(index)];
}

void TimeSeries::put(std::uint32_t milliseconds, float value)
{
    if (m_values.size() == m_capacity) {
        m_values[m_start] = value;
        m_milliseconds[m_start] = milliseconds;
        m_start = physical(1 % m_capacity);
        return;
    }
    if (m_values.size() == m_values.capacity()) { // doubling, but never beyond the ring
        const std::size_t wanted = std::min(m_capacity, std::max(kFirstReservation, 2 * m_values.size()));
        m_values.reserve(wanted);
        m_milliseconds.reserve(wanted);
    }
    m_values.push_back(value);
    m_milliseconds.push_back(milliseconds);
}

void TimeSeries::rebase(std::int64_t newestNanoseconds)
{
    const std::uint32_t oldest = m_milliseconds[m_start];
    const std::int64_t epoch = m_epochNanoseconds + std::int64_t{ oldest } * kMillisecond;
    const bool fits = (newestNanoseconds - epoch) / kMillisecond <= std::numeric_limits<std::uint32_t>::max();
    if (!fits) { // a gap of 49 days: what lies before it is no history any more
        m_values.clear();
        m_milliseconds.clear();
        m_start = 0;
        m_epochNanoseconds = newestNanoseconds;
        return;
    }
    for (auto& milliseconds : m_milliseconds)
        milliseconds -= oldest;
    m_epochNanoseconds = epoch;
}

} // namespace twinhull
