// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_networks.h"

#include <QAbstractTableModel>

namespace twinhull {

/// The virtual networks of machines and who is in them.
class MachineNetworkModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Kind, State, Addresses, Bridge, Users, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setNetworks(std::vector<MachineNetwork> networks);
    const MachineNetwork* networkAt(const QModelIndex& index) const; ///< null where there is none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<MachineNetwork> m_networks;
};

/// "NAT", "Isolated"; libvirt's word where it has another.
QString networkKindText(const QString& mode);

} // namespace twinhull
