// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/network_list_model.h"

#include <QDateTime>
#include <QLocale>

namespace twinhull {

namespace {

QString subnetsOf(const NetworkDefinition& network)
{
    QStringList all{ QString::fromStdString(network.ipv4Subnet) };
    if (!network.ipv6Subnet.empty())
        all << QString::fromStdString(network.ipv6Subnet);
    return all.join(QStringLiteral(", "));
}

} // namespace

void NetworkListModel::setNetworks(std::vector<NetworkInfo> networks)
{
    beginResetModel();
    m_networks = std::move(networks);
    endResetModel();
}

const NetworkInfo* NetworkListModel::networkAt(const QModelIndex& index) const
{
    return index.isValid() && checkIndex(index, CheckIndexOption::IndexIsValid)
        ? &m_networks[static_cast<std::size_t>(index.row())]
        : nullptr;
}

int NetworkListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_networks.size());
}

int NetworkListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant NetworkListModel::data(const QModelIndex& index, int role) const
{
    const NetworkInfo* info = networkAt(index);
    if (info == nullptr || role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return QString::fromStdString(info->definition.name);
    case Subnets:
        return subnetsOf(info->definition);
    case WayOut:
        return info->definition.isInternal ? tr("none: internal") : tr("by way of this computer");
    case Users:
        return info->users.isEmpty() ? tr("nobody") : info->users.join(QStringLiteral(", "));
    case Created:
        return QLocale().toString(
            QDateTime::fromMSecsSinceEpoch(info->definition.createdMilliseconds), QLocale::ShortFormat);
    default:
        return {};
    }
}

QVariant NetworkListModel::headerData(int section, Qt::Orientation orientation, int role) const
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
    case Subnets:
        return tr("Addresses");
    case WayOut:
        return tr("Way out");
    case Users:
        return tr("Used by");
    case Created:
        return tr("Created");
    default:
        return {};
    }
}

} // namespace twinhull
