// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/storage/disk_areas.h"

#include <QAbstractTableModel>

namespace twinhull {

/// The program's folders with their sizes, and the sum as the last row.
class DiskAreaModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Title, Bytes, Path, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setAreas(std::vector<DiskArea> areas);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString textOf(const DiskArea& area, int column) const;
    QString sumText() const;

    std::vector<DiskArea> m_areas;
};

} // namespace twinhull
