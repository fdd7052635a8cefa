// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/figure_table_model.h"

#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QGuiApplication>
#include <QSize>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kBesideBrief = 20; // the padding of the theme, the margins of the style, and what is rounded away

QVariant alignmentOf(int column)
{
    const Qt::Alignment side = column == 0 ? Qt::AlignLeft : Qt::AlignRight;
    return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter) | side);
}

/// A click tells the rest.
const QString& briefOf(const FigureCell& cell)
{
    return cell.narrow.isEmpty() ? cell.brief : cell.narrow;
}

/// What all of them need, in one cell, each once; in the width of a figure where that is not the same of all.
FigureCell joined(const FigureTable::Row& row)
{
    QStringList briefs;
    QStringList narrow;
    QStringList reasons;
    for (const FigureCell& cell : row.cells) {
        if (!cell.brief.isEmpty() && !briefs.contains(cell.brief))
            briefs << cell.brief;
        if (!cell.brief.isEmpty() && !narrow.contains(briefOf(cell)))
            narrow << briefOf(cell);
        if (!cell.reason.isEmpty() && !reasons.contains(cell.reason))
            reasons << cell.reason;
    }
    const QStringList& said = briefs.size() > 1 ? narrow : briefs;
    return { {}, reasons.join(u'\n'), FigureCell::Validity::Valid, said.join(QStringLiteral(" \u00b7 ")) };
}

} // namespace

bool FigureTableModel::isOfNone(int row) const
{
    return m_table.rows.at(static_cast<std::size_t>(row)).isOfNone();
}

void FigureTableModel::setTable(FigureTable table)
{
    const bool isSameShape = table.rows.size() == m_table.rows.size() && table.columns == m_table.columns
        && table.caption == m_table.caption;
    if (!isSameShape) {
        beginResetModel();
        m_table = std::move(table);
        endResetModel();
        return;
    }
    std::swap(m_table, table);
    for (int row = 0; row < rowCount(); ++row) {
        const auto at = static_cast<std::size_t>(row);
        if (!(m_table.rows[at] == table.rows[at]))
            Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
    }
}

int FigureTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size());
}

int FigureTableModel::columnCount(const QModelIndex& parent) const
{
    if (parent.isValid())
        return 0;
    return 1 + static_cast<int>(m_table.columns.size()) + (m_table.hasRatio ? 1 : 0);
}

QVariant FigureTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& row = m_table.rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(index.column());
    if (index.column() == 0)
        return titleData(row, role);
    const auto column = static_cast<std::size_t>(index.column() - 1);
    if (role == Qt::SizeHintRole && row.isOfNone())
        return QSize(0, 0); // it has the width of all
    if (column == 0 && row.isOfNone())
        return cellData(joined(row), role);
    if (column < row.cells.size())
        return cellData(row.cells[column], role);
    if (role == Qt::DisplayRole)
        return row.ratio;
    return role == Qt::ForegroundRole ? QVariant(Theme::current().color(ThemeColor::TextMuted)) : QVariant();
}

QVariant FigureTableModel::titleData(const FigureTable::Row& row, int role) const
{
    const bool isShown = row.details == FigureTable::Details::Shown;
    const bool canOpen = row.details != FigureTable::Details::None;
    switch (role) {
    case Qt::DisplayRole:
        return canOpen ? (isShown ? QStringLiteral("\u25be ") : QStringLiteral("\u25b8 ")) + row.title : row.title;
    case Qt::AccessibleTextRole:
        return canOpen ? (isShown ? tr("%1, opened") : tr("%1, can be opened")).arg(row.title) : row.title;
    case Qt::ToolTipRole:
        return row.explanation;
    default:
        return {};
    }
}

FigureExplanation FigureTableModel::explanation(const QModelIndex& index) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& row = m_table.rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<std::size_t>(index.column() - 1);
    const bool isOfOne = index.column() > 0 && column < row.cells.size() && !row.isOfNone();
    QStringList values;
    QStringList texts;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        if (isOfOne && i != column)
            continue;
        const FigureCell& cell = row.cells[i];
        const QString absent = cell.reason.isEmpty() ? QStringLiteral("\u2013") : cell.reason;
        values << tr("%1: %2").arg(
            m_table.columns.value(static_cast<int>(i)), cell.text.isEmpty() ? absent : cell.text);
        if (!cell.text.isEmpty() && !cell.reason.isEmpty() && !texts.contains(cell.reason))
            texts << cell.reason;
    }
    if (!isOfOne && !row.ratio.isEmpty())
        texts << tr("Ratio, the second divided by the first: %1").arg(row.ratio);
    texts << row.explanation;
    texts.removeAll(QString());
    return { row.title.trimmed(), values.join(u'\n'), texts.join(QStringLiteral("\n\n")) };
}

QVariant FigureTableModel::cellData(const FigureCell& cell, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        if (!cell.text.isEmpty())
            return cell.text;
        return cell.brief.isEmpty() ? QStringLiteral("\u2013") : briefOf(cell);
    case Qt::SizeHintRole: // one line, where there is room for it
        if (cell.text.isEmpty() && !cell.narrow.isEmpty())
            return QSize(QFontMetrics(QGuiApplication::font()).horizontalAdvance(briefOf(cell)) + kBesideBrief, 0);
        return {};
    case Qt::ToolTipRole:
        return cell.reason;
    case Qt::AccessibleTextRole:
        return cell.text.isEmpty() ? cell.reason : cell.text;
    case Qt::ForegroundRole:
        return cell.isFigure() ? QVariant() : QVariant(Theme::current().color(ThemeColor::TextFaint));
    case Qt::FontRole: {
        QFont struck;
        struck.setStrikeOut(true);
        return cell.validity == FigureCell::Validity::Emulated ? QVariant(struck) : QVariant();
    }
    default:
        return {};
    }
}

QVariant FigureTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(section);
    if (role != Qt::DisplayRole)
        return {};
    if (section == 0)
        return m_table.caption;
    if (section <= m_table.columns.size())
        return m_table.columns.at(section - 1);
    return tr("Ratio");
}

} // namespace twinhull
