// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/port_list_model.h"

#include "core/workload/option_text.h"
#include "ui/widgets/workload_text.h"

namespace twinhull {

PortListModel::PortListModel(const WorkloadRegistry& workloads, QObject* parent)
    : QAbstractTableModel(parent), m_workloads(workloads)
{
    connect(&workloads, &WorkloadRegistry::added, this, &PortListModel::reload);
    connect(&workloads, &WorkloadRegistry::changed, this, &PortListModel::reload);
    connect(&workloads, &WorkloadRegistry::removed, this, &PortListModel::reload);
    reload();
}

void PortListModel::reload()
{
    std::vector<Row> rows;
    for (const WorkloadInfo& info : m_workloads.workloads()) {
        for (const PublishedPort& port : info.ports)
            rows.push_back({ info.name, info.id.kind, info.state, port });
    }
    if (rows == m_rows)
        return;
    if (rows.size() == m_rows.size()) {
        m_rows = std::move(rows);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int PortListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PortListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PortListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    return role == Qt::DisplayRole ? QVariant(textOf(row, index.column())) : QVariant();
}

QString PortListModel::textOf(const Row& row, int column) const
{
    switch (column) {
    case Workload:
        return row.name;
    case Kind:
        return kindText(row.kind);
    case State:
        return stateText(row.state);
    case HostAddress:
        return listenTexts(row.port).join(QStringLiteral(", "));
    case WorkloadPort:
        return (row.port.protocol == PortProtocol::Udp ? tr("%1 (UDP)") : tr("%1 (TCP)")).arg(row.port.workloadPort);
    default:
        return {};
    }
}

QVariant PortListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Workload:
        return tr("Workload");
    case Kind:
        return tr("Kind");
    case State:
        return tr("State");
    case HostAddress:
        return tr("On this computer");
    case WorkloadPort:
        return tr("Inside");
    default:
        return {};
    }
}

} // namespace twinhull
