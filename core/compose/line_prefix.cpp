// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/line_prefix.h"

namespace twinhull {

LinePrefix::LinePrefix(const std::string& name) : m_prefix(name + " | ") { }

std::string LinePrefix::of(std::string_view bytes)
{
    std::string out;
    for (const char c : bytes) {
        const bool isSecondOfEnd = m_last == '\r' && c == '\n';
        if ((m_last == '\n' || m_last == '\r') && !isSecondOfEnd)
            out += m_prefix;
        out += c;
        m_last = c;
    }
    return out;
}

} // namespace twinhull
