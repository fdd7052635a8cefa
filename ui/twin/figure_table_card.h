// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/twin/figure_table_model.h"

#include <QFrame>

class QTableView;
class QVBoxLayout;

namespace twinhull {

/// A FigureTable as a card, as high as its rows.
class FigureTableCard : public QFrame {
    Q_OBJECT

public:
    /// `name` is its accessible name.
    explicit FigureTableCard(const QString& name, QWidget* parent = nullptr);

    void setTable(FigureTable table);
    const FigureTable& table() const { return m_model->table(); }
    /// Below the table; the card owns it.
    void addFooter(QWidget* footer);

private:
    void fitHeight();
    void fitColumns();
    void fitRows(int first, int last);
    void fitRow(int row);

    FigureTableModel* m_model;
    QTableView* m_view;
    QVBoxLayout* m_layout;
    std::vector<int> m_spans; ///< of the first figure of each row: over how many columns
};

} // namespace twinhull
