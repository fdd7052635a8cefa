// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage/volume_list_model.h"

#include "core/base/text.h"

#include <QLocale>

namespace twinhull {

namespace {

QString volumeLimitText(const VolumeInfo& volume)
{
    if (!volume.limitNeeds.isEmpty())
        return volume.limitNeeds;
    if (!volume.limitBytes)
        return VolumeListModel::tr("none");
    return VolumeListModel::tr("%1 of %2")
        .arg(QString::fromStdString(formatBytes(volume.countedBytes.value_or(0))),
            QString::fromStdString(formatBytes(*volume.limitBytes)));
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
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
            | (index.column() == Bytes || index.column() == Limit ? Qt::AlignRight : Qt::AlignLeft));
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
    case Limit:
        return volumeLimitText(*volume);
    case Bytes:
        return QString::fromStdString(formatBytes(m_volumes.bytes[static_cast<std::size_t>(index.row())]));
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
            Qt::Alignment(Qt::AlignVCenter) | (section == Bytes || section == Limit ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Volume");
    case Users:
        return tr("Used by");
    case Created:
        return tr("Created");
    case Limit:
        return tr("Limit");
    case Bytes:
        return tr("On disk");
    default:
        return {};
    }
}

} // namespace twinhull
