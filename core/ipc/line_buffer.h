// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// Cuts a stream into lines. A line longer than the limit is dropped whole, so that memory stays bounded whatever
/// comes.
class LineBuffer {
public:
    explicit LineBuffer(std::size_t limitBytes) : m_limit(limitBytes) { }

    void append(std::string_view bytes);
    /// The next line without its end; nothing until one is complete. Empty lines are skipped.
    std::optional<std::string> takeLine();
    void clear();

private:
    std::size_t m_limit;
    std::string m_text;
    bool m_isSkipping = false;
};

} // namespace twinhull
