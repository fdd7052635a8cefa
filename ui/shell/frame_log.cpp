// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/frame_log.h"

#include "core/base/clock.h"

#include <algorithm>

namespace twinhull {

namespace {

QByteArray decimals(double value)
{
    return QByteArray::number(value, 'f', 3);
}

QByteArray millisecondsText(std::int64_t nanoseconds)
{
    return decimals(static_cast<double>(nanoseconds) / 1e6);
}

/// The shortest that is as long as so many percent of them, or longer.
QByteArray percentile(std::vector<std::int64_t> lengths, std::size_t percent)
{
    if (lengths.empty())
        return "null";
    const std::size_t covered = (lengths.size() * percent + 99) / 100;
    const auto place = lengths.begin() + static_cast<std::ptrdiff_t>(covered - 1);
    std::nth_element(lengths.begin(), place, lengths.end());
    return millisecondsText(*place);
}

QByteArray spanText(const FrameLog::Span& span)
{
    return '[' + decimals(static_cast<double>(span.beginNanoseconds) / 1e9) + ',' + millisecondsText(span.nanoseconds)
        + ',' + millisecondsText(span.cpuNanoseconds) + ']';
}

} // namespace

FrameLog::FrameLog() : m_begunNanoseconds(monotonicNanoseconds()) { }

void FrameLog::Tally::add(const Span& span, bool isTold)
{
    ++count;
    longest = std::max(longest, span.nanoseconds);
    if (lengths.size() < kMostKept)
        lengths.push_back(span.nanoseconds);
    if (isTold && kept.size() < kMostKept)
        kept.push_back(span);
}

QByteArray FrameLog::Tally::toJson() const
{
    QByteArray text = R"({"count":)" + QByteArray::number(static_cast<qulonglong>(count)) + R"(,"medianMilliseconds":)"
        + percentile(lengths, 50) + R"(,"p95Milliseconds":)" + percentile(lengths, 95) + R"(,"longestMilliseconds":)"
        + (count == 0 ? QByteArray("null") : millisecondsText(longest)) + R"(,"each":[)";
    for (const Span& span : kept)
        text += (&span == kept.data() ? "\n" : ",\n") + spanText(span);
    return text + "]}";
}

void FrameLog::addFrame(const Span& frame)
{
    m_frames.add(frame, true);
}

void FrameLog::addWait(const Span& wait)
{
    m_waits.add(wait, wait.nanoseconds >= kStallNanoseconds);
}

QByteArray FrameLog::toJson() const
{
    return R"({"version":1,"clock":"CLOCK_MONOTONIC","seconds":)"
        + decimals(static_cast<double>(monotonicNanoseconds() - m_begunNanoseconds) / 1e9) + R"(,"frames":)"
        + m_frames.toJson() + ",\n" + R"("waits":)" + m_waits.toJson() + "}\n";
}

} // namespace twinhull
