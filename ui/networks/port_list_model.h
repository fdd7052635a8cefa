// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"

#include <QAbstractTableModel>

namespace twinhull {

/// The published ports of all workloads, one row each.
class PortListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Workload, Kind, State, HostAddress, WorkloadPort, ColumnCount };

    /// The registry must outlive this.
    explicit PortListModel(const WorkloadRegistry& workloads, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        QString name;
        WorkloadKind kind = WorkloadKind::Container;
        WorkloadState state = WorkloadState::Unknown;
        PublishedPort port;

        friend bool operator==(const Row&, const Row&) = default;
    };

    void reload();
    QString textOf(const Row& row, int column) const;

    const WorkloadRegistry& m_workloads;
    std::vector<Row> m_rows;
};

} // namespace twinhull
