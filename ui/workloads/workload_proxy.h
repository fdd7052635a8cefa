// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/workloads/workload_filter.h"
#include "ui/workloads/workload_list_model.h"

#include <QSortFilterProxyModel>

namespace twinhull {

/// Filters and sorts workloads within their groups; groups keep their order, and a group without a match is hidden.
class WorkloadProxy : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit WorkloadProxy(WorkloadListModel& model, QObject* parent = nullptr);

    void setFilter(const WorkloadFilter& filter);
    const WorkloadFilter& filter() const { return m_filter; }

protected:
    bool filterAcceptsRow(int sourceRow, const QModelIndex& sourceParent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    WorkloadListModel& m_model;
    WorkloadFilter m_filter;
};

} // namespace twinhull
