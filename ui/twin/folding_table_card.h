// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/twin/figure_table_card.h"
#include "ui/twin/folded_figures.h"

namespace twinhull {

class Settings;

/// A table of figures of which the heads stand and the others fold below them. A click on a head's title, or Enter
/// there, opens and closes it; on a figure both tell what it is. What is open is kept.
class FoldingTableCard : public FigureTableCard {
    Q_OBJECT

public:
    /// The settings must outlive this.
    FoldingTableCard(const QString& name, Settings& settings, QWidget* parent = nullptr);

    void setFigures(FigureTable table);

protected:
    void choose(const QModelIndex& index) override;

private:
    void refresh();
    void keepOpen();

    Settings& m_settings;
    FigureTable m_all;
    FoldedFigures m_shown;
    std::set<MetricGroup> m_open;
};

} // namespace twinhull
