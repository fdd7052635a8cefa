// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/pool_volume_model.h"

#include "core/base/text.h"

namespace twinhull {

QStringList usersOfVolume(const MachineVolume& volume)
{
    QStringList users;
    for (const auto& user : volume.users)
        users << QStringLiteral("%1 (%2)").arg(
            user.name, user.isRunning ? PoolVolumeModel::tr("%1, runs").arg(user.role) : user.role);
    return users;
}

void PoolVolumeModel::setVolumes(std::vector<MachineVolume> volumes)
{
    beginResetModel();
    m_volumes = std::move(volumes);
    endResetModel();
}

const MachineVolume* PoolVolumeModel::volumeAt(const QModelIndex& index) const
{
    return index.isValid() && checkIndex(index, CheckIndexOption::IndexIsValid)
        ? &m_volumes[static_cast<std::size_t>(index.row())]
        : nullptr;
}

int PoolVolumeModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_volumes.size());
}

int PoolVolumeModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PoolVolumeModel::data(const QModelIndex& index, int role) const
{
    const MachineVolume* volume = volumeAt(index);
    if (volume == nullptr)
        return {};
    const bool isFigure = index.column() == Size || index.column() == Taken;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter) | (isFigure ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::ToolTipRole && index.column() == Users)
        return usersOfVolume(*volume).join(u'\n');
    if (role == Qt::ToolTipRole)
        return volume->backingPath.isEmpty() ? volume->path
                                             : tr("%1, based on %2").arg(volume->path, volume->backingPath);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return volume->name;
    case Size:
        return QString::fromStdString(formatBytes(volume->capacityBytes));
    case Taken:
        return QString::fromStdString(formatBytes(volume->allocatedBytes));
    case Format:
        return volume->format;
    case Users:
        return volume->users.empty() ? tr("nobody") : usersOfVolume(*volume).join(QStringLiteral(", "));
    default:
        return {};
    }
}

QVariant PoolVolumeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const bool isFigure = section == Size || section == Taken;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter) | (isFigure ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Volume");
    case Size:
        return tr("Size");
    case Taken:
        return tr("Taken");
    case Format:
        return tr("Format");
    case Users:
        return tr("Used by");
    default:
        return {};
    }
}

} // namespace twinhull
