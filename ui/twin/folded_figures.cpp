// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/folded_figures.h"

#include <algorithm>

namespace twinhull {

namespace {

using Row = FigureTable::Row;

constexpr MetricGroup kGroups[]{ MetricGroup::Cpu, MetricGroup::Waiting, MetricGroup::Memory, MetricGroup::Disk,
    MetricGroup::Network, MetricGroup::Guest };

/// The head first.
std::vector<const Row*> rowsOf(const FigureTable& table, std::optional<MetricGroup> group)
{
    std::vector<const Row*> rows;
    for (const Row& row : table.rows) {
        if (row.group == group)
            rows.push_back(&row);
    }
    std::stable_partition(rows.begin(), rows.end(), [](const Row* row) { return row->isHead; });
    return rows;
}

} // namespace

FoldedFigures folded(const FigureTable& all, const std::set<MetricGroup>& open)
{
    FoldedFigures found{ { all.caption, all.columns, {}, all.hasRatio }, {} };
    const auto add = [&](const Row& row, std::optional<MetricGroup> opens) -> Row& {
        found.heads.push_back(opens);
        return found.table.rows.emplace_back(row);
    };
    for (const Row* row : rowsOf(all, std::nullopt))
        add(*row, std::nullopt);
    for (const MetricGroup group : kGroups) {
        const auto rows = rowsOf(all, group);
        if (rows.empty())
            continue;
        const bool isOpen = open.count(group) > 0;
        const bool canOpen = rows.size() > 1;
        add(*rows.front(), canOpen ? std::optional(group) : std::nullopt).details = !canOpen
            ? FigureTable::Details::None
            : isOpen ? FigureTable::Details::Shown
                     : FigureTable::Details::Hidden;
        for (std::size_t i = 1; isOpen && i < rows.size(); ++i)
            add(*rows[i], std::nullopt).title.prepend(QStringLiteral("\u2003"));
    }
    return found;
}

} // namespace twinhull
