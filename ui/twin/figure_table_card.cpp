// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/figure_table_card.h"

#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kRowHeight = 27;
constexpr int kTallRowHeight = 42; // two lines over all columns
constexpr int kTallestRowHeight = 58; // three in one of them
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
    m_view->setWordWrap(true); // what a figure needs takes some lines
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
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        m_spans.clear();
        m_view->clearSpans();
        fitHeight();
    });
    connect(m_model, &QAbstractItemModel::dataChanged, this,
        [this](const QModelIndex& first, const QModelIndex& last) { fitRows(first.row(), last.row()); });
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
    m_spans.resize(static_cast<std::size_t>(m_model->rowCount()), 1);
    fitRows(0, m_model->rowCount() - 1);
    fitColumns();
}

void FigureTableCard::fitRows(int first, int last)
{
    for (int row = first; row <= last; ++row)
        fitRow(row);
    const int height = m_view->horizontalHeader()->sizeHint().height() + m_view->verticalHeader()->length();
    if (m_view->height() != height)
        m_view->setFixedHeight(height);
}

/// What none of them has says over all columns what it needs.
void FigureTableCard::fitRow(int row)
{
    const int tall = m_model->isOfNone(row) ? kTallRowHeight : kTallestRowHeight;
    const int height = m_model->hasBrief(row) ? tall : kRowHeight;
    if (m_view->rowHeight(row) != height)
        m_view->setRowHeight(row, height);
    const int columns = m_model->columnCount() - 1;
    int& span = m_spans[static_cast<std::size_t>(row)];
    const int wanted = m_model->isOfNone(row) && columns > 1 ? columns : 1;
    if (span != wanted)
        m_view->setSpan(row, 1, 1, wanted);
    span = wanted;
}

void FigureTableCard::fitColumns()
{
    QHeaderView* header = m_view->horizontalHeader();
    for (int column = 0; column < m_model->columnCount(); ++column)
        header->setSectionResizeMode(column, column == 0 ? QHeaderView::Stretch : QHeaderView::ResizeToContents);
}

} // namespace twinhull
