// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGridLayout>

namespace twinhull {

constexpr int kMachineColumns = 3; ///< as the fields above have
constexpr int kMachineColumnGap = 22;
constexpr int kMachineRowGap = 12;

/// Three columns of the same width, in line with those of the sheet.
inline QGridLayout* makeMachineGrid(QWidget& owner)
{
    auto* grid = new QGridLayout(&owner);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(kMachineColumnGap);
    grid->setVerticalSpacing(kMachineRowGap);
    for (int column = 0; column < kMachineColumns; ++column) {
        grid->setColumnStretch(column, 1);
        grid->setColumnMinimumWidth(column, 1);
    }
    return grid;
}

} // namespace twinhull
