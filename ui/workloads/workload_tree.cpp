// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_tree.h"

#include "ui/theme/theme.h"
#include "ui/workloads/workload_delegate.h"
#include "ui/workloads/workload_list_model.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace twinhull {

namespace {

constexpr int kArrowZone = 20;
constexpr std::array<int, WorkloadListModel::ColumnCount> kWidths{ 208, 84, 104, 168, 182, 140, 80, 80, 60 };
/// Of what a wide window has beside these: names and images are cut most often.
constexpr std::array<int, WorkloadListModel::ColumnCount> kShares{ 4, 1, 1, 4, 1, 1, 2, 2, 1 };

/// Of a service of an application, and of what is below it.
constexpr int kServiceIndent = 16;

bool isHeaderRow(const QModelIndex& index)
{
    return index.data(WorkloadListModel::HeaderRole).toBool();
}

int indentOf(const QModelIndex& header)
{
    return header.parent().isValid() ? kServiceIndent : 0;
}

QColor color(ThemeColor role)
{
    return Theme::current().color(role);
}

} // namespace

WorkloadTree::WorkloadTree(QWidget* parent) : QTreeView(parent)
{
    setObjectName(QStringLiteral("workloadList"));
    setAccessibleName(tr("Workloads"));
    setRootIsDecorated(false);
    setIndentation(0);
    setUniformRowHeights(false);
    setMouseTracking(true);
    setAllColumnsShowFocus(true);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setExpandsOnDoubleClick(false);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setSortingEnabled(true);
}

void WorkloadTree::setModel(QAbstractItemModel* model)
{
    QTreeView::setModel(model);
    if (!model)
        return;
    setUpColumns();
    sortByColumn(WorkloadListModel::NameColumn, Qt::AscendingOrder);
    // A group that just appeared opens, but a service with many containers; one that the person has folded stays
    // folded.
    connect(
        model, &QAbstractItemModel::rowsInserted, this, [this, model](const QModelIndex& parent, int first, int last) {
            const bool isGroup = parent.isValid() && !parent.parent().isValid();
            if (isGroup && model->rowCount(parent) == last - first + 1)
                expand(parent);
            for (int row = first; !parent.isValid() && row <= last; ++row) // the proxy brings it with its rows
                expand(model->index(row, 0));
        });
    expandToDepth(0);
}

void WorkloadTree::setUpColumns()
{
    QHeaderView& columns = *header();
    columns.setStretchLastSection(true);
    columns.setSectionsMovable(false);
    columns.setHighlightSections(false);
    columns.setSectionsClickable(true);
    columns.setMinimumSectionSize(48);
    shareWidth();
    connect(&columns, &QHeaderView::sectionResized, this, [this](int column) {
        if (!m_isSharing && column != WorkloadListModel::ColumnCount - 1) // the last follows the others
            m_isArrangedByHand = true;
    });
}

/// The last takes what is left.
void WorkloadTree::shareWidth()
{
    if (m_isArrangedByHand || header()->count() != WorkloadListModel::ColumnCount)
        return;
    m_isSharing = true;
    const int rest = std::max(0, viewport()->width() - std::accumulate(kWidths.begin(), kWidths.end(), 0));
    const int shares = std::accumulate(kShares.begin(), kShares.end(), 0);
    for (std::size_t column = 0; column < kWidths.size(); ++column)
        header()->resizeSection(static_cast<int>(column), kWidths[column] + rest * kShares[column] / shares);
    m_isSharing = false;
}

void WorkloadTree::resizeEvent(QResizeEvent* event)
{
    QTreeView::resizeEvent(event);
    shareWidth();
}

void WorkloadTree::repaintFigures()
{
    if (window()->isMinimized()) {
        m_looks.clear(); // all is painted when it is seen again
        return;
    }
    const auto* painter = qobject_cast<const WorkloadDelegate*>(itemDelegate());
    const int left = columnViewportPosition(WorkloadListModel::CpuColumn);
    std::vector<QString> looks;
    for (QModelIndex row = indexAt({ 0, 0 }); row.isValid(); row = indexBelow(row)) {
        const QRect area = visualRect(row);
        if (area.top() > viewport()->height())
            break;
        looks.push_back(painter != nullptr && !isHeaderRow(row) ? painter->lookOfFigures(row) : QString());
        if (looks.size() > m_looks.size() || looks.back() != m_looks[looks.size() - 1])
            viewport()->update(left, area.top(), viewport()->width() - left, area.height());
    }
    m_looks = std::move(looks);
}

bool WorkloadTree::isSortedByFigures() const
{
    return header()->sortIndicatorSection() >= WorkloadListModel::CpuColumn;
}

/// The base class asks every row for its height again; no figure changes it.
void WorkloadTree::dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight, const QList<int>& roles)
{
    if (topLeft.column() >= WorkloadListModel::CpuColumn)
        repaintFigures();
    else
        QTreeView::dataChanged(topLeft, bottomRight, roles);
}

void WorkloadTree::drawBranches(QPainter*, const QRect&, const QModelIndex&) const { }

void WorkloadTree::drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool isHeader = isHeaderRow(index);
    const bool isSelected = selectionModel()->isRowSelected(index.row(), index.parent());
    QColor ground = color(isHeader ? ThemeColor::Ground : ThemeColor::Surface);
    if (isSelected)
        ground = color(ThemeColor::Selection);
    const QRect area(0, option.rect.top(), viewport()->width(), option.rect.height());
    painter->fillRect(area, ground);
    if (isHeader)
        drawHeaderRow(*painter, area, index);
    else
        QTreeView::drawRow(painter, option, index);
    painter->setPen(color(ThemeColor::RowLine));
    painter->drawLine(area.bottomLeft(), area.bottomRight());
    if (!hasFocus() || index.siblingAtColumn(0) != currentIndex().siblingAtColumn(0))
        return;
    painter->setPen(color(ThemeColor::Accent));
    painter->drawRect(area.adjusted(0, 0, -1, -1));
}

void WorkloadTree::drawHeaderRow(QPainter& painter, const QRect& area, const QModelIndex& index) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(ThemeColor::TextMuted));
    const int indent = indentOf(index);
    const QPointF middle(area.left() + indent + 11, area.center().y() + 0.5);
    const bool isOpen = isExpanded(index);
    QPolygonF arrow;
    if (isOpen)
        arrow << middle + QPointF(-3, -2) << middle + QPointF(3, -2) << middle + QPointF(0, 3);
    else
        arrow << middle + QPointF(-2, -3) << middle + QPointF(3, 0) << middle + QPointF(-2, 3);
    painter.drawPolygon(arrow);
    painter.setFont(Theme::current().smallFont());
    painter.setPen(color(ThemeColor::TextMuted));
    const QRect text = area.adjusted(indent + kArrowZone, 0, -8, 0);
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
        painter.fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, text.width()));
    painter.restore();
}

/// Other buttons choose the row, for whose menu they ask.
bool WorkloadTree::foldAt(const QMouseEvent& event)
{
    const QModelIndex at = indexAt(event.position().toPoint()).siblingAtColumn(0);
    const bool isArrow = at.isValid() && isHeaderRow(at) && event.position().x() < indentOf(at) + kArrowZone;
    if (!isArrow || event.button() != Qt::LeftButton)
        return false;
    setExpanded(at, !isExpanded(at));
    return true;
}

void WorkloadTree::mousePressEvent(QMouseEvent* event)
{
    if (!foldAt(*event))
        QTreeView::mousePressEvent(event);
}

/// The second of two quick presses comes as this.
void WorkloadTree::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (!foldAt(*event))
        QTreeView::mouseDoubleClickEvent(event);
}

void WorkloadTree::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Delete) {
        Q_EMIT removeRequested();
        return;
    }
    QTreeView::keyPressEvent(event);
}

} // namespace twinhull
