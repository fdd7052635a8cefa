// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_cells.h"

#include <algorithm>

namespace twinhull {

QString TerminalCell::text() const
{
    if (width == 0)
        return {};
    const auto count = std::find(characters.begin(), characters.end(), U'\0') - characters.begin();
    return count == 0 ? QStringLiteral(" ") : QString::fromUcs4(characters.data(), count);
}

QString textOf(const TerminalLine& line, int begin, int end)
{
    QString text;
    for (int column = std::max(0, begin); column < std::min(end, static_cast<int>(line.size())); ++column)
        text += line[static_cast<std::size_t>(column)].text();
    while (text.endsWith(u' '))
        text.chop(1);
    return text;
}

} // namespace twinhull
