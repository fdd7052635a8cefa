// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/log_filter.h"
#include "ui/console/log_stretch.h"

#include <deque>
#include <optional>

namespace twinhull {

/// The rows of a view of a log: its lines, or those of them in a range that pass a filter. A row is the number of a
/// shown line counted from the oldest, so it changes when old lines are forgotten; a line's number does not.
class LogRows {
public:
    explicit LogRows(std::shared_ptr<const LogIndex> index) : m_index(std::move(index)) { }

    void setFilter(LogFilter filter, const LogLineRange& range = {}); ///< then sync() again
    LogFilter filter() const { return m_filter; }

    /// Takes over what the index has by now. Returns how many rows went at the top.
    std::size_t sync();
    std::size_t count() const;
    std::uint64_t lineAt(std::size_t row) const;
    /// The row of that line, else of the next one that is shown; count() where there is none.
    std::size_t rowFrom(std::uint64_t line) const;

private:
    LogIndex::Span knownSpan() const; ///< within the range

    std::shared_ptr<const LogIndex> m_index;
    LogFilter m_filter = LogFilter::All;
    LogLineRange m_range;
    LogIndex::Span m_span; ///< as far as it was taken over
    std::deque<std::uint64_t> m_lines; ///< that pass, where not all do
};

} // namespace twinhull
