// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/line_difference.h"

#include <algorithm>

namespace twinhull {

namespace {

using LineKind = DifferentLine::Kind;

/// A table of 16 MiB; beyond it the middle is told as replaced.
constexpr qsizetype kMostCells = 4 << 20;

void append(std::vector<DifferentLine>& lines, LineKind kind, const QStringList& texts)
{
    for (const QString& text : texts)
        lines.push_back({ kind, text });
}

/// The longest common subsequence, by its table of lengths.
void appendMiddle(std::vector<DifferentLine>& lines, const QStringList& before, const QStringList& after)
{
    const qsizetype rows = before.size();
    const qsizetype columns = after.size();
    if ((rows + 1) * (columns + 1) > kMostCells) {
        append(lines, LineKind::Removed, before);
        append(lines, LineKind::Added, after);
        return;
    }
    std::vector<int> lengths(static_cast<std::size_t>((rows + 1) * (columns + 1)), 0);
    const auto at = [&lengths, columns](qsizetype row, qsizetype column) -> int& {
        return lengths[static_cast<std::size_t>(row * (columns + 1) + column)];
    };
    for (qsizetype row = rows - 1; row >= 0; --row) {
        for (qsizetype column = columns - 1; column >= 0; --column)
            at(row, column) = before[row] == after[column] ? at(row + 1, column + 1) + 1
                                                           : std::max(at(row + 1, column), at(row, column + 1));
    }
    qsizetype row = 0;
    qsizetype column = 0;
    while (row < rows || column < columns) {
        if (row < rows && column < columns && before[row] == after[column]) {
            lines.push_back({ LineKind::Same, before[row++] });
            ++column;
        } else if (row < rows && (column == columns || at(row + 1, column) >= at(row, column + 1))) {
            lines.push_back({ LineKind::Removed, before[row++] });
        } else {
            lines.push_back({ LineKind::Added, after[column++] });
        }
    }
}

QStringList linesOf(const QString& text)
{
    QStringList lines = text.split(u'\n');
    if (lines.last().isEmpty())
        lines.removeLast();
    return lines;
}

std::vector<DifferentLine> shortened(const std::vector<DifferentLine>& all, int context)
{
    std::vector<bool> isShown(all.size(), false);
    const auto reach = static_cast<std::size_t>(context);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].kind == LineKind::Same)
            continue;
        for (std::size_t near = i - std::min(i, reach); near < std::min(all.size(), i + reach + 1); ++near)
            isShown[near] = true;
    }
    std::vector<DifferentLine> lines;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (isShown[i])
            lines.push_back(all[i]);
        else if (lines.empty() || lines.back().kind != LineKind::Skipped)
            lines.push_back({ LineKind::Skipped, {} });
    }
    return lines;
}

} // namespace

std::vector<DifferentLine> lineDifference(const QString& before, const QString& after, int context)
{
    const QStringList old = linesOf(before);
    const QStringList now = linesOf(after);
    if (old == now)
        return {};
    qsizetype head = 0;
    while (head < old.size() && head < now.size() && old[head] == now[head])
        ++head;
    qsizetype tail = 0;
    while (tail < old.size() - head && tail < now.size() - head
        && old[old.size() - 1 - tail] == now[now.size() - 1 - tail])
        ++tail;
    std::vector<DifferentLine> all;
    append(all, LineKind::Same, old.mid(0, head));
    appendMiddle(all, old.mid(head, old.size() - head - tail), now.mid(head, now.size() - head - tail));
    append(all, LineKind::Same, old.mid(old.size() - tail));
    return shortened(all, context);
}

QString differenceText(const std::vector<DifferentLine>& lines)
{
    QString text;
    for (const auto& line : lines) {
        switch (line.kind) {
        case LineKind::Same:
            text += u' ';
            break;
        case LineKind::Removed:
            text += u'-';
            break;
        case LineKind::Added:
            text += u'+';
            break;
        case LineKind::Skipped:
            text += u'…';
            break;
        }
        text += line.text + u'\n';
    }
    return text;
}

} // namespace twinhull
