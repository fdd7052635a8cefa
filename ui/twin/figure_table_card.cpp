// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/figure_table_card.h"

#include <QEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

namespace twinhull {

namespace {

constexpr int kRowHeight = 27;
constexpr int kMargin = 5;
constexpr int kFooterIndent = 8;
constexpr int kLeastColumn = 48;
constexpr int kBesideText = 18; // in a cell: the padding of the theme and the margins of the style
constexpr int kRounding = 2; // a text that is broken into lines is measured in whole pixels, upwards

/// How wide the widest of them may be, so that all have room; `least` in any case.
int widthOfWidest(const std::vector<int>& widths, int room, int least)
{
    int most = widths.empty() ? 0 : *std::max_element(widths.begin(), widths.end());
    const auto sum = [&] {
        return std::accumulate(
            widths.begin(), widths.end(), 0, [most](int all, int width) { return all + std::min(width, most); });
    };
    while (most > least && sum() > room)
        --most;
    return most;
}

} // namespace

FigureTableCard::FigureTableCard(const QString& name, QWidget* parent)
    : QFrame(parent), m_model(new FigureTableModel(this)), m_view(new QTableView), m_layout(new QVBoxLayout(this))
{
    setProperty("card", true);
    setUpView(name);
    m_layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    m_layout->setSpacing(kMargin);
    m_layout->addWidget(m_view);
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        m_spans.clear();
        m_view->clearSpans();
        fitAll();
    });
    connect(m_model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& first, const QModelIndex& last) {
        fitRows(first.row(), last.row());
        m_refit.start(); // once for all rows of a tick
    });
    m_refit.setSingleShot(true);
    connect(&m_refit, &QTimer::timeout, this, [this] {
        if (fitColumns())
            fitAll();
    });
}

void FigureTableCard::setUpView(const QString& name)
{
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
    m_view->horizontalHeader()->setMinimumSectionSize(kLeastColumn);
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->viewport()->installEventFilter(this);
    m_view->installEventFilter(this);
    m_view->viewport()->setCursor(Qt::PointingHandCursor);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_view->setAccessibleDescription(tr("Enter tells what a figure is, Shift+F1 does so, too."));
    addExplainAction(*m_view, std::function<void()>([this] { explain(currentOrFirst()); }));
    connect(m_view, &QAbstractItemView::clicked, this, [this](const QModelIndex& index) { choose(index); });
}

QModelIndex FigureTableCard::currentOrFirst() const
{
    return m_view->currentIndex().isValid() ? m_view->currentIndex() : m_model->index(0, 0);
}

void FigureTableCard::explain(const QModelIndex& index)
{
    if (index.isValid())
        FigurePopover::open({ m_model->explanation(index) }, *m_view->viewport(), m_view->visualRect(index));
}

void FigureTableCard::addBelow(QWidget* widget)
{
    m_layout->addWidget(widget);
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

void FigureTableCard::addText(QWidget* text)
{
    m_layout->addWidget(text);
}

bool FigureTableCard::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize && watched == m_view->viewport() && fitColumns())
        fitAll();
    if (event->type() == QEvent::KeyPress && watched == m_view) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space) {
            choose(currentOrFirst());
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void FigureTableCard::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fitAll();
}

void FigureTableCard::showEvent(QShowEvent* event)
{
    QFrame::showEvent(event);
    fitAll(); // the theme's font is known
}

void FigureTableCard::fitAll()
{
    (void)fitColumns(); // the rows follow in any case
    m_spans.resize(static_cast<std::size_t>(m_model->rowCount()), 1);
    fitRows(0, m_model->rowCount() - 1);
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
    const int height = std::max(kRowHeight, textHeight(row));
    if (m_view->rowHeight(row) != height)
        m_view->setRowHeight(row, height);
    const int columns = m_model->columnCount() - 1;
    int& span = m_spans[static_cast<std::size_t>(row)];
    const int wanted = m_model->isOfNone(row) && columns > 1 ? columns : 1;
    if (span != wanted)
        m_view->setSpan(row, 1, 1, wanted);
    span = wanted;
}

/// Of its longest text in as many lines as the column makes of it, or all columns of what none has.
int FigureTableCard::textHeight(int row) const
{
    const QFontMetrics metrics = m_view->fontMetrics();
    int most = 0;
    for (int column = 0; column < m_model->columnCount(); ++column) {
        const QModelIndex index = m_model->index(row, column);
        const bool isOverAll = column == 1 && m_model->isOfNone(row);
        if (column > 1 && m_model->isOfNone(row))
            continue; // the one before stands over it
        const int all = m_view->viewport()->width() - m_view->columnWidth(0);
        const QRect room(0, 0, (isOverAll ? all : m_view->columnWidth(column)) - kBesideText, QWIDGETSIZE_MAX);
        most = std::max(most, metrics.boundingRect(room, Qt::TextWordWrap, index.data().toString()).height());
    }
    return most + kRowHeight - metrics.height();
}

/// So that each word of what they need can be read in a line of its own, where there is room for that beside the
/// titles.
int FigureTableCard::leastWidth(const std::vector<int>& widths, int room) const
{
    const int whole = std::accumulate(widths.begin(), widths.end(), 0);
    const int possible = widths.empty() ? 0 : room / static_cast<int>(widths.size());
    if (whole <= room || possible <= kLeastColumn)
        return kLeastColumn;
    const QFontMetrics metrics = m_view->fontMetrics();
    int widest = 0;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        for (int column = 1; column < m_model->columnCount() && !m_model->isOfNone(row); ++column) {
            const QModelIndex index = m_model->index(row, column);
            if (!index.data(Qt::SizeHintRole).isValid())
                continue;
            for (const QString& word : index.data().toString().split(u' '))
                widest = std::max(widest, metrics.horizontalAdvance(word));
        }
    }
    return std::clamp(widest + kBesideText, kLeastColumn, possible);
}

bool FigureTableCard::fitColumns()
{
    QHeaderView* header = m_view->horizontalHeader();
    const int room = m_view->viewport()->width();
    const QAbstractItemView* view = m_view; // its hints are public
    const auto wanted = [&](int column) {
        return std::max({ view->sizeHintForColumn(column) + kRounding, header->sectionSizeHint(column), kLeastColumn });
    };
    std::vector<int> figures;
    for (int column = 1; column < m_model->columnCount(); ++column)
        figures.push_back(wanted(column));
    const int beside = room - std::min(wanted(0), room / 2); // the titles
    const int most = widthOfWidest(figures, beside, leastWidth(figures, beside));
    for (int& width : figures)
        width = std::min(width, most);
    std::vector<int> widths{ std::max(room - std::accumulate(figures.begin(), figures.end(), 0), kLeastColumn) };
    widths.insert(widths.end(), figures.begin(), figures.end());
    bool isChanged = false;
    for (int column = 0; column < m_model->columnCount(); ++column) {
        const int width = widths[static_cast<std::size_t>(column)];
        isChanged = isChanged || header->sectionSize(column) != width;
        header->resizeSection(column, width);
    }
    return isChanged;
}

} // namespace twinhull
