// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/time_view.h"

#include "core/metrics/age_clock.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::int64_t kAlmostNow = 100; ///< of which one part before now counts as now

std::int64_t inNanoseconds(std::chrono::seconds span)
{
    return std::chrono::nanoseconds(span).count();
}

} // namespace

TimeView::TimeView(const MetricRings& rings, QObject* parent)
    : QObject(parent), m_rings(rings), m_length(inNanoseconds(m_span))
{
}

std::int64_t TimeView::now() const
{
    const std::int64_t tick = m_rings.lastTickNanoseconds();
    return tick != 0 ? tick : ageClockNanoseconds();
}

TimeWindow TimeView::window() const
{
    const std::int64_t from = m_isLive ? now() - m_length : m_from;
    return { from, from + m_length };
}

void TimeView::setSpan(std::chrono::seconds span)
{
    m_span = std::clamp(span, kShortest, kLongest);
    const std::int64_t length = inNanoseconds(m_span);
    const TimeWindow shown = window();
    const std::int64_t middle = shown.fromNanoseconds + shown.length() / 2;
    place(m_isLive ? now() - length : middle - length / 2, length);
}

void TimeView::goLive()
{
    place(now() - m_length, m_length);
}

void TimeView::reset()
{
    const std::int64_t length = inNanoseconds(m_span);
    place(now() - length, length);
}

void TimeView::zoom(double factor, double share)
{
    const TimeWindow shown = window();
    const auto length = static_cast<std::int64_t>(std::clamp(static_cast<double>(m_length) * factor,
        static_cast<double>(inNanoseconds(kShortest)), static_cast<double>(inNanoseconds(kLongest))));
    const auto kept = static_cast<std::int64_t>(share * static_cast<double>(m_length - length));
    place(shown.fromNanoseconds + kept, length);
}

void TimeView::pan(double shares)
{
    place(window().fromNanoseconds + static_cast<std::int64_t>(shares * static_cast<double>(m_length)), m_length);
}

void TimeView::show(std::int64_t fromNanoseconds, std::chrono::seconds length)
{
    m_length = inNanoseconds(std::clamp(length, kShortest, kLongest));
    m_from = std::clamp(fromNanoseconds, now() - inNanoseconds(kLongest), now());
    m_isLive = false;
    Q_EMIT changed();
}

void TimeView::place(std::int64_t from, std::int64_t length)
{
    const std::int64_t end = now();
    m_from = std::clamp(from, end - inNanoseconds(kLongest), end - length);
    m_length = length;
    m_isLive = m_from + length >= end - length / kAlmostNow;
    Q_EMIT changed();
}

std::int64_t wallClockAhead()
{
    return wallClockMilliseconds() * 1'000'000 - ageClockNanoseconds();
}

} // namespace twinhull
