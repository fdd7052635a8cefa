// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_proxy.h"

namespace twinhull {

WorkloadProxy::WorkloadProxy(WorkloadListModel& model, QObject* parent) : QSortFilterProxyModel(parent), m_model(model)
{
    setRecursiveFilteringEnabled(true);
    setDynamicSortFilter(true);
    setSourceModel(&model);
}

void WorkloadProxy::setFilter(const WorkloadFilter& filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    invalidateFilter();
}

bool WorkloadProxy::filterAcceptsRow(int sourceRow, const QModelIndex& sourceParent) const
{
    // A header is shown by the recursion when one of its rows is.
    const WorkloadInfo* info = m_model.workload(m_model.index(sourceRow, 0, sourceParent));
    return info && m_filter.matches(*info);
}

bool WorkloadProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    if (!left.parent().isValid())
        return (left.row() < right.row()) == (sortOrder() == Qt::AscendingOrder);
    const QVariant a = left.data(WorkloadListModel::SortRole);
    const QVariant b = right.data(WorkloadListModel::SortRole);
    if (a == b)
        return left.row() < right.row();
    return a.typeId() == QMetaType::QString ? QString::localeAwareCompare(a.toString(), b.toString()) < 0
                                            : a.toDouble() < b.toDouble();
}

} // namespace twinhull
