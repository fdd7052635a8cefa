// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/twin/figure_table_model.h"

#include <QFrame>
#include <QTimer>

class QTableView;
class QVBoxLayout;

namespace twinhull {

/// A FigureTable as a card, as high as its rows. Its titles are there to be read in full: figures that are too long
/// beside them take more lines, and titles do so beyond a half of the width. A click, Enter, Shift+F1 or the menu tells
/// what a figure is.
class FigureTableCard : public QFrame {
    Q_OBJECT

public:
    /// `name` is its accessible name.
    explicit FigureTableCard(const QString& name, QWidget* parent = nullptr);

    void setTable(FigureTable table);
    const FigureTable& table() const { return m_model->table(); }
    /// Below the table; the card owns it.
    void addFooter(QWidget* footer);
    void addText(QWidget* text); ///< the same, as wide as the card

    bool eventFilter(QObject* watched, QEvent* event) override; ///< of the table

protected:
    /// A row was clicked, or Enter pressed in it; explains the figure unless it means something else.
    virtual void choose(const QModelIndex& index) { explain(index); }
    void explain(const QModelIndex& index);
    QTableView& view() const { return *m_view; }
    void addBelow(QWidget* widget); ///< over the whole width; the card owns it
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void setUpView(const QString& name);
    QModelIndex currentOrFirst() const;
    void fitAll();
    int leastWidth(const std::vector<int>& widths, int room) const;
    bool fitColumns(); ///< whether one has another width than before
    void fitRows(int first, int last);
    void fitRow(int row);
    int textHeight(int row) const;

    FigureTableModel* m_model;
    QTableView* m_view;
    QVBoxLayout* m_layout;
    QTimer m_refit;
    std::vector<int> m_spans; ///< of the first figure of each row: over how many columns
};

} // namespace twinhull
