// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/volumes/volume_jobs.h"

#include <QAbstractTableModel>

namespace twinhull {

/// Named volumes, what they take on disk and who uses them.
class VolumeListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Users, Created, Bytes, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setVolumes(MeasuredVolumes volumes);
    const VolumeInfo* volumeAt(const QModelIndex& index) const; ///< null where there is none
    QStringList unused() const;
    /// Why no volume can have a limit, else success.
    const Result<>& limits() const { return m_volumes.limits; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    MeasuredVolumes m_volumes;
};

} // namespace twinhull
