// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_rows.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::size_t kMarksAtOnce = 1U << 16U;

} // namespace

LogIndex::Span LogRows::knownSpan() const
{
    const auto span = m_index->span();
    return { std::clamp(span.begin, m_range.begin, m_range.end), std::clamp(span.end, m_range.begin, m_range.end) };
}

void LogRows::setFilter(LogFilter filter, const LogLineRange& range)
{
    m_filter = filter;
    m_range = range;
    m_lines.clear();
    const auto begin = knownSpan().begin;
    m_span = { begin, begin };
}

std::size_t LogRows::sync()
{
    const auto span = knownSpan();
    std::size_t gone = 0;
    if (m_filter == LogFilter::All) {
        gone = static_cast<std::size_t>(std::min(span.begin, m_span.end) - m_span.begin);
        m_span = span;
        return gone;
    }
    const auto firstKept = std::lower_bound(m_lines.begin(), m_lines.end(), span.begin);
    gone = static_cast<std::size_t>(firstKept - m_lines.begin());
    m_lines.erase(m_lines.begin(), firstKept);
    auto line = std::max(m_span.end, span.begin);
    while (line < span.end) {
        const auto lines = m_index->marks(line, std::min<std::size_t>(kMarksAtOnce, span.end - line));
        if (lines.marks.empty())
            break;
        line = lines.first; // further on where some were forgotten just now
        for (const LogMark& mark : lines.marks) {
            if (line < span.end && passes(m_filter, mark))
                m_lines.push_back(line);
            ++line;
        }
    }
    m_span = { span.begin, std::max(line, span.begin) };
    return gone;
}

std::size_t LogRows::count() const
{
    return m_filter == LogFilter::All ? static_cast<std::size_t>(m_span.end - m_span.begin) : m_lines.size();
}

std::uint64_t LogRows::lineAt(std::size_t row) const
{
    return m_filter == LogFilter::All ? m_span.begin + row : m_lines[row];
}

std::size_t LogRows::rowFrom(std::uint64_t line) const
{
    if (m_filter == LogFilter::All)
        return static_cast<std::size_t>(std::clamp(line, m_span.begin, m_span.end) - m_span.begin);
    return static_cast<std::size_t>(std::lower_bound(m_lines.begin(), m_lines.end(), line) - m_lines.begin());
}

} // namespace twinhull
