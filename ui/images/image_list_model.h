// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"

#include <QAbstractTableModel>

namespace twinhull {

class ImageStore;

/// The images of the store, one row each, kept in step with its signals.
class ImageListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Reference, Digest, Size, Created, Layers, Architecture, ColumnCount };

    /// The store must outlive this.
    explicit ImageListModel(const ImageStore& images, QObject* parent = nullptr);

    /// Null for an invalid index. Valid until the next change.
    const ImageInfo* imageAt(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    int rowOf(const QString& digest) const;
    void put(const ImageInfo& image);
    void drop(const QString& digest);

    std::vector<ImageInfo> m_images;
};

} // namespace twinhull
