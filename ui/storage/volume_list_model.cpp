// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/volume_list_model.h"

#include "core/base/text.h"

#include <QLocale>

namespace twinhull {

namespace {

/// With the limit where it has one: the kernel counts against that, the walk through its files otherwise.
QString volumeUseText(const VolumeInfo& volume, std::uint64_t walkedBytes)
{
    const auto walked = QString::fromStdString(formatBytes(walkedBytes));
    if (!volume.limitNeeds.isEmpty())
        return VolumeListModel::tr("%1, its limit %2").arg(walked, volume.limitNeeds);
    if (!volume.limitBytes)
        return walked;
    const auto limit = QString::fromStdString(formatBytes(*volume.limitBytes));
    return VolumeListModel::tr("%1 of %2")
        .arg(volume.countedBytes ? QString::fromStdString(formatBytes(*volume.countedBytes)) : walked, limit);
}

} // namespace

void VolumeListModel::setVolumes(MeasuredVolumes volumes)
{
    beginResetModel();
    m_volumes = std::move(volumes);
    endResetModel();
}

const VolumeInfo* VolumeListModel::volumeAt(const QModelIndex& index) const
{
    return index.isValid() && checkIndex(index, CheckIndexOption::IndexIsValid)
        ? &m_volumes.volumes[static_cast<std::size_t>(index.row())]
        : nullptr;
}

QStringList VolumeListModel::unused() const
{
    QStringList names;
    for (const VolumeInfo& volume : m_volumes.volumes) {
        if (volume.users.isEmpty())
            names << volume.name;
    }
    return names;
}

int VolumeListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_volumes.volumes.size());
}

int VolumeListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant VolumeListModel::data(const QModelIndex& index, int role) const
{
    const VolumeInfo* volume = volumeAt(index);
    if (volume == nullptr)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter) | (index.column() == Bytes ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::ToolTipRole)
        return volume->path;
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return volume->name;
    case Users:
        return volume->users.isEmpty() ? tr("nobody") : volume->users.join(QStringLiteral(", "));
    case Created:
        return QLocale().toString(volume->created.toLocalTime(), QLocale::ShortFormat);
    case Bytes:
        return volumeUseText(*volume, m_volumes.bytes[static_cast<std::size_t>(index.row())]);
    default:
        return {};
    }
}

QVariant VolumeListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter) | (section == Bytes ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Volume");
    case Users:
        return tr("Used by");
    case Created:
        return tr("Created");
    case Bytes:
        return tr("On disk");
    default:
        return {};
    }
}

} // namespace twinhull
