// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/machine_network_model.h"

namespace twinhull {

QString networkKindText(const QString& mode)
{
    if (mode == u"nat")
        return MachineNetworkModel::tr("NAT");
    if (mode == u"route")
        return MachineNetworkModel::tr("Routed");
    if (mode == u"open")
        return MachineNetworkModel::tr("Open");
    if (mode == u"isolated")
        return MachineNetworkModel::tr("Isolated");
    return mode == u"bridge" ? MachineNetworkModel::tr("Bridge") : mode;
}

void MachineNetworkModel::setNetworks(std::vector<MachineNetwork> networks)
{
    beginResetModel();
    m_networks = std::move(networks);
    endResetModel();
}

const MachineNetwork* MachineNetworkModel::networkAt(const QModelIndex& index) const
{
    return index.isValid() && checkIndex(index, CheckIndexOption::IndexIsValid)
        ? &m_networks[static_cast<std::size_t>(index.row())]
        : nullptr;
}

int MachineNetworkModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_networks.size());
}

int MachineNetworkModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant MachineNetworkModel::data(const QModelIndex& index, int role) const
{
    const MachineNetwork* network = networkAt(index);
    if (network == nullptr || role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return network->name;
    case Kind:
        return networkKindText(network->mode);
    case State:
        return network->isRunning ? tr("running") : tr("stopped");
    case Addresses:
        return network->addresses.isEmpty() ? tr("of the bridge") : network->addresses.join(QStringLiteral(", "));
    case Bridge:
        return network->bridge.isEmpty() ? QStringLiteral("–") : network->bridge;
    case Users:
        return network->users.isEmpty() ? tr("nobody") : network->users.join(QStringLiteral(", "));
    default:
        return {};
    }
}

QVariant MachineNetworkModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Network");
    case Kind:
        return tr("Kind");
    case State:
        return tr("State");
    case Addresses:
        return tr("Addresses");
    case Bridge:
        return tr("Bridge");
    case Users:
        return tr("Used by");
    default:
        return {};
    }
}

} // namespace twinhull
