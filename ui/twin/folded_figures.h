// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/twin/figure_table.h"

#include <set>

namespace twinhull {

/// A table in which figures that belong together fold under one of them.
struct FoldedFigures {
    FigureTable table;
    std::vector<std::optional<MetricGroup>> heads; ///< of each row: what it opens; none where it opens nothing
};

/// Rows without a group come first, as they are. Of each group, in the order of MetricGroup, its head stands alone
/// (its first row, where it has none), and above the others where `open` has the group.
FoldedFigures folded(const FigureTable& all, const std::set<MetricGroup>& open);

} // namespace twinhull
