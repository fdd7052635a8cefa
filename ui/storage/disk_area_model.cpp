// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/disk_area_model.h"

#include "core/base/text.h"

namespace twinhull {

void DiskAreaModel::setAreas(std::vector<DiskArea> areas)
{
    beginResetModel();
    m_areas = std::move(areas);
    endResetModel();
}

int DiskAreaModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || m_areas.empty() ? 0 : static_cast<int>(m_areas.size()) + 1;
}

int DiskAreaModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DiskAreaModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::TextAlignmentRole) {
        const Qt::Alignment side = index.column() == Bytes ? Qt::AlignRight : Qt::AlignLeft;
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter) | side);
    }
    const auto row = static_cast<std::size_t>(index.row());
    if (row < m_areas.size()) {
        if (role == Qt::ToolTipRole && !m_areas[row].bytes)
            return QString::fromStdString(m_areas[row].bytes.error().message);
        return role == Qt::DisplayRole ? QVariant(textOf(m_areas[row], index.column())) : QVariant();
    }
    if (role != Qt::DisplayRole)
        return {};
    return index.column() == Title ? QVariant(tr("All")) : index.column() == Bytes ? QVariant(sumText()) : QVariant();
}

QString DiskAreaModel::textOf(const DiskArea& area, int column) const
{
    switch (column) {
    case Title:
        return QStringLiteral("%1 \u2013 %2").arg(area.title, area.meaning);
    case Bytes:
        return area.bytes ? QString::fromStdString(formatBytes(*area.bytes)) : tr("not readable");
    case Path:
        return area.path;
    default:
        return {};
    }
}

QString DiskAreaModel::sumText() const
{
    std::uint64_t sum = 0;
    for (const DiskArea& area : m_areas)
        sum += area.bytes ? *area.bytes : 0;
    return QString::fromStdString(formatBytes(sum));
}

QVariant DiskAreaModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const Qt::Alignment side = section == Bytes ? Qt::AlignRight : Qt::AlignLeft;
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter) | side);
    }
    if (role != Qt::DisplayRole)
        return {};
    return section == Title ? tr("What") : section == Bytes ? tr("On disk") : tr("Folder");
}

} // namespace twinhull
