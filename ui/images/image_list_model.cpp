// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/images/image_list_model.h"

#include "core/base/text.h"
#include "core/images/image_store.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kShortDigest = 12;

/// "3f2a…" without "sha256:".
QString shortDigest(const QString& digest)
{
    return digest.section(u':', -1).left(kShortDigest);
}

QString textOf(const ImageInfo& image, int column)
{
    switch (column) {
    case ImageListModel::Reference:
        return image.references.isEmpty() ? ImageListModel::tr("(no name)")
                                          : image.references.join(QStringLiteral(", "));
    case ImageListModel::Digest:
        return shortDigest(image.digest);
    case ImageListModel::Size:
        return QString::fromStdString(formatBytes(image.compressedBytes));
    case ImageListModel::Created:
        return image.created.isValid() ? image.created.toLocalTime().toString(u"yyyy-MM-dd HH:mm")
                                       : QStringLiteral("–");
    case ImageListModel::Layers:
        return QString::number(image.layerDigests.size());
    case ImageListModel::Architecture:
        return image.architecture;
    default:
        return {};
    }
}

bool isNumber(int column)
{
    return column == ImageListModel::Size || column == ImageListModel::Layers;
}

} // namespace

ImageListModel::ImageListModel(const ImageStore& images, QObject* parent)
    : QAbstractTableModel(parent), m_images(images.images())
{
    connect(&images, &ImageStore::added, this, &ImageListModel::put);
    connect(&images, &ImageStore::changed, this, &ImageListModel::put);
    connect(&images, &ImageStore::removed, this, &ImageListModel::drop);
}

const ImageInfo* ImageListModel::imageAt(const QModelIndex& index) const
{
    return index.isValid() ? &m_images[static_cast<std::size_t>(index.row())] : nullptr;
}

int ImageListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_images.size());
}

int ImageListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ImageListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ImageInfo& image = *imageAt(index);
    if (role == Qt::DisplayRole)
        return textOf(image, index.column());
    if (role == Qt::ToolTipRole && index.column() == Digest)
        return image.digest;
    if (role == Qt::TextAlignmentRole) {
        const Qt::Alignment side = isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft;
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter) | side);
    }
    return {};
}

QVariant ImageListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const Qt::Alignment side = isNumber(section) ? Qt::AlignRight : Qt::AlignLeft;
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter) | side);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Reference:
        return tr("Image");
    case Digest:
        return tr("Digest");
    case Size:
        return tr("Size, stored");
    case Created:
        return tr("Created");
    case Layers:
        return tr("Layers");
    case Architecture:
        return tr("Architecture");
    default:
        return {};
    }
}

int ImageListModel::rowOf(const QString& digest) const
{
    const auto found = std::find_if(
        m_images.begin(), m_images.end(), [&digest](const ImageInfo& image) { return image.digest == digest; });
    return found == m_images.end() ? -1 : static_cast<int>(found - m_images.begin());
}

void ImageListModel::put(const ImageInfo& image)
{
    if (const int row = rowOf(image.digest); row >= 0) {
        m_images[static_cast<std::size_t>(row)] = image;
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        return;
    }
    const int row = rowCount();
    beginInsertRows({}, row, row);
    m_images.push_back(image);
    endInsertRows();
}

void ImageListModel::drop(const QString& digest)
{
    const int row = rowOf(digest);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_images.erase(m_images.begin() + row);
    endRemoveRows();
}

} // namespace twinhull
