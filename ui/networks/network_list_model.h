// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/networks/networks.h"

#include <QAbstractTableModel>

namespace twinhull {

/// The networks of a person's own and who is in them.
class NetworkListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Subnets, WayOut, Users, Created, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setNetworks(std::vector<NetworkInfo> networks);
    const NetworkInfo* networkAt(const QModelIndex& index) const; ///< null where there is none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<NetworkInfo> m_networks;
};

} // namespace twinhull
