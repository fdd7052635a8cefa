// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/twin/stacked_bars.h"
#include "ui/widgets/card.h"

class QLabel;

namespace twinhull {

/// Stacked bars, and below them the parts of each bar by name and figure, in the bars' order and shades: what is too
/// narrow to be named inside is read here.
class BarsCard : public Card {
    Q_OBJECT

public:
    explicit BarsCard(const QString& title, QWidget* parent = nullptr);

    void setRows(std::vector<BarRow> rows);

private:
    StackedBars* m_bars;
    QLabel* m_legend;
};

} // namespace twinhull
