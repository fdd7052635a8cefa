// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/list_view.h"

#include <QHeaderView>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kRowHeight = 32;

} // namespace

ListView::ListView(const QString& name, QWidget* parent) : QTableView(parent)
{
    setAccessibleName(name);
    setProperty("figures", true);
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(kRowHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setMinimumSectionSize(112);
}

void ListView::setModel(QAbstractItemModel* model)
{
    QTableView::setModel(model);
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    horizontalHeader()->setStretchLastSection(true);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &ListView::chosenChanged);
    connect(model, &QAbstractItemModel::modelReset, this, &ListView::chosenChanged);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &ListView::chosenChanged);
}

QModelIndex ListView::chosen() const
{
    const auto rows = selectionModel()->selectedRows();
    return rows.isEmpty() ? QModelIndex() : rows.front();
}

QModelIndexList ListView::chosenRows() const
{
    QModelIndexList rows = selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    return rows;
}

} // namespace twinhull
