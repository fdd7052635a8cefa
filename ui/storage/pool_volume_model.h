// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_storage.h"

#include <QAbstractTableModel>

namespace twinhull {

/// What is in a storage pool, and who uses it.
class PoolVolumeModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Size, Taken, Format, Users, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setVolumes(std::vector<MachineVolume> volumes);
    const MachineVolume* volumeAt(const QModelIndex& index) const; ///< null where there is none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<MachineVolume> m_volumes;
};

/// "web (disk vda, runs)"; empty where nobody does.
QStringList usersOfVolume(const MachineVolume& volume);

} // namespace twinhull
