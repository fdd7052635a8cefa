// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/twin/figure_table.h"
#include "ui/widgets/figure_explanation.h"

#include <QAbstractTableModel>

namespace twinhull {

/// A FigureTable for a view: titles in column 0, then one column a workload, then the ratio.
class FigureTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    /// Tells only what changed where rows and columns stay as they are.
    void setTable(FigureTable table);
    const FigureTable& table() const { return m_table; }
    /// Column 1 says what all of them need; the others repeat it, a part each.
    bool isOfNone(int row) const;

    /// What is said of a cell's figure; of all of the row where it is a title or a ratio.
    FigureExplanation explanation(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant titleData(const FigureTable::Row& row, int role) const;
    QVariant cellData(const FigureCell& cell, int role) const;

    FigureTable m_table;
};

} // namespace twinhull
