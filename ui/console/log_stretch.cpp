// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_stretch.h"

#include "core/ipc/log_line.h"

#include <algorithm>
#include <functional>

namespace twinhull {

namespace {

constexpr std::size_t kLinesWithoutTime = 8; // broken records that are stepped over

/// Of that line, or of the next one that has a time; empty: none has.
std::string timeFrom(const LogIndex& index, std::uint64_t line)
{
    const auto lines = index.read(line, kLinesWithoutTime);
    for (const std::string& bytes : lines.bytes) {
        const std::string_view first = std::string_view(bytes).substr(0, bytes.find('\n'));
        if (const auto record = parseLogLine(first))
            return std::string(record->time);
    }
    return {};
}

/// The first line whose time is far enough; nothing where none is.
std::optional<std::uint64_t> firstLine(
    const LogIndex& index, const std::function<bool(const std::string& time)>& isFarEnough)
{
    const auto span = index.span();
    auto low = span.begin;
    auto high = span.end;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (isFarEnough(timeFrom(index, middle)))
            high = middle;
        else
            low = middle + 1;
    }
    return low < span.end ? std::optional(low) : std::nullopt;
}

} // namespace

std::optional<LogLineRange> linesIn(const LogIndex& index, const LogStretch& stretch)
{
    LogLineRange range;
    const auto span = index.span();
    if (stretch.isAll() || span.begin == span.end)
        return range;
    if (timeFrom(index, span.begin).empty())
        return std::nullopt;
    if (!stretch.since.empty())
        range.begin
            = firstLine(index, [&](const std::string& time) { return time >= stretch.since; }).value_or(range.end);
    if (!stretch.until.empty())
        range.end = firstLine(index, [&](const std::string& time) { return time > stretch.until; }).value_or(range.end);
    range.begin = std::min(range.begin, range.end);
    return range;
}

} // namespace twinhull
