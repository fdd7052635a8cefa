// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/figure_table_card.h"

#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kRowHeight = 27;
constexpr int kMargin = 5;
constexpr int kFooterIndent = 8;

} // namespace

FigureTableCard::FigureTableCard(const QString& name, QWidget* parent)
    : QFrame(parent), m_model(new FigureTableModel(this)), m_view(new QTableView), m_layout(new QVBoxLayout(this))
{
    setProperty("card", true);
    m_view->setProperty("figures", true);
    m_view->setModel(m_model);
    m_view->setAccessibleName(name);
    m_view->setObjectName(QStringLiteral("figureTable"));
    m_view->setSelectionMode(QAbstractItemView::NoSelection);
    m_view->setFocusPolicy(Qt::TabFocus);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setTextElideMode(Qt::ElideRight);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_view->verticalHeader()->setMinimumSectionSize(kRowHeight);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setSectionsClickable(false);
    m_view->horizontalHeader()->setMinimumSectionSize(48);
    m_layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    m_layout->setSpacing(kMargin);
    m_layout->addWidget(m_view);
    connect(m_model, &QAbstractItemModel::modelReset, this, &FigureTableCard::fitHeight);
}

void FigureTableCard::setTable(FigureTable table)
{
    m_model->setTable(std::move(table));
}

void FigureTableCard::addFooter(QWidget* footer)
{
    auto* line = new QHBoxLayout; // below the titles, which the table indents
    line->addSpacing(kFooterIndent);
    line->addWidget(footer);
    line->addStretch(1);
    m_layout->addLayout(line);
}

void FigureTableCard::fitHeight()
{
    m_view->setFixedHeight(m_view->horizontalHeader()->sizeHint().height() + kRowHeight * m_model->rowCount());
    fitColumns();
}

void FigureTableCard::fitColumns()
{
    QHeaderView* header = m_view->horizontalHeader();
    for (int column = 0; column < m_model->columnCount(); ++column)
        header->setSectionResizeMode(column, column == 0 ? QHeaderView::Stretch : QHeaderView::ResizeToContents);
}

} // namespace twinhull
