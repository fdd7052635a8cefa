// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_storage.h"

#include <QAbstractTableModel>

namespace twinhull {

/// The storage pools of machines.
class PoolListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Kind, State, Free, Where, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setPools(std::vector<MachinePool> pools);
    const MachinePool* poolAt(const QModelIndex& index) const; ///< null where there is none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString textOf(const MachinePool& pool, int column) const;

    std::vector<MachinePool> m_pools;
};

} // namespace twinhull
