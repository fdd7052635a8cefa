// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/pool_list_model.h"

#include "core/base/text.h"

namespace twinhull {

void PoolListModel::setPools(std::vector<MachinePool> pools)
{
    beginResetModel();
    m_pools = std::move(pools);
    endResetModel();
}

const MachinePool* PoolListModel::poolAt(const QModelIndex& index) const
{
    return index.isValid() && checkIndex(index, CheckIndexOption::IndexIsValid)
        ? &m_pools[static_cast<std::size_t>(index.row())]
        : nullptr;
}

int PoolListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_pools.size());
}

int PoolListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString PoolListModel::textOf(const MachinePool& pool, int column) const
{
    switch (column) {
    case Name:
        return pool.name;
    case Kind:
        return pool.type;
    case State:
        if (!pool.isRunning)
            return tr("stopped");
        return pool.trouble.isEmpty() ? tr("running") : tr("out of reach");
    case Free:
        return pool.availableBytes && pool.capacityBytes
            ? tr("%1 of %2")
                  .arg(QString::fromStdString(formatBytes(*pool.availableBytes)),
                      QString::fromStdString(formatBytes(*pool.capacityBytes)))
            : tr("needs it to run");
    case Where:
        return pool.target.isEmpty() ? pool.source : pool.target;
    default:
        return {};
    }
}

QVariant PoolListModel::data(const QModelIndex& index, int role) const
{
    const MachinePool* pool = poolAt(index);
    if (pool == nullptr)
        return {};
    if (role == Qt::ToolTipRole)
        return pool->trouble.isEmpty() ? textOf(*pool, Where) : pool->trouble;
    return role == Qt::DisplayRole ? textOf(*pool, index.column()) : QVariant();
}

QVariant PoolListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Pool");
    case Kind:
        return tr("Kind");
    case State:
        return tr("State");
    case Free:
        return tr("Free");
    case Where:
        return tr("Where");
    default:
        return {};
    }
}

} // namespace twinhull
