// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace twinhull {

/// A table of whole rows as the pages show them: no grid, one row chosen at a time unless the selection mode is
/// changed, columns as wide as their content, the first takes what is left.
class ListView : public QTableView {
    Q_OBJECT

public:
    /// `name` is its accessible name.
    explicit ListView(const QString& name, QWidget* parent = nullptr);

    void setModel(QAbstractItemModel* model) override;
    /// The chosen row; invalid when none is.
    QModelIndex chosen() const;
    /// All of them, from the top.
    QModelIndexList chosenRows() const;

Q_SIGNALS:
    void chosenChanged();
};

} // namespace twinhull
