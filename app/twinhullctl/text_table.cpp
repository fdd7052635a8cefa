// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"

#include <algorithm>

namespace twinhull {

namespace {

QString printable(QString cell)
{
    std::replace_if(
        cell.begin(), cell.end(), [](QChar c) { return !c.isPrint(); }, QLatin1Char('?'));
    return cell.isEmpty() ? QStringLiteral("-") : cell;
}

} // namespace

TextTable::TextTable(QStringList heading) : m_rows{ std::move(heading) } { }

void TextTable::add(QStringList row)
{
    std::transform(row.begin(), row.end(), row.begin(), printable);
    m_rows.push_back(std::move(row));
}

QString TextTable::toText() const
{
    std::vector<qsizetype> widths(static_cast<std::size_t>(m_rows.front().size()), 0);
    for (const auto& row : m_rows) {
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], row[static_cast<qsizetype>(i)].size());
    }
    QString text;
    for (const auto& row : m_rows) {
        QString line;
        for (std::size_t i = 0; i < widths.size(); ++i)
            line += row[static_cast<qsizetype>(i)].leftJustified(widths[i] + 2);
        while (line.endsWith(u' '))
            line.chop(1);
        text += line + QLatin1Char('\n');
    }
    return text;
}

} // namespace twinhull
