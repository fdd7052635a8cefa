// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/line_buffer.h"

namespace twinhull {

void LineBuffer::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        const auto piece = bytes.substr(0, end);
        const auto lineStart = m_text.rfind('\n') + 1; // npos + 1 is 0
        if (m_isSkipping || m_text.size() - lineStart + piece.size() > m_limit) {
            m_text.resize(lineStart);
            m_isSkipping = end == std::string_view::npos;
        } else {
            m_text.append(bytes.substr(0, end == std::string_view::npos ? end : end + 1));
        }
        if (end == std::string_view::npos)
            return;
        bytes.remove_prefix(end + 1);
    }
}

std::optional<std::string> LineBuffer::takeLine()
{
    for (auto end = m_text.find('\n'); end != std::string::npos; end = m_text.find('\n')) {
        std::string line = m_text.substr(0, end);
        m_text.erase(0, end + 1);
        if (!line.empty())
            return line;
    }
    return std::nullopt;
}

void LineBuffer::clear()
{
    m_text.clear();
    m_isSkipping = false;
}

} // namespace twinhull
