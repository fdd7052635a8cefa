// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_provider.h"

#include <QHash>

#include <optional>

namespace twinhull {

/// All providers of the program as one list. Does not own them; they must outlive it. GUI thread.
class WorkloadRegistry : public QObject {
    Q_OBJECT

public:
    explicit WorkloadRegistry(QObject* parent = nullptr);

    /// Tells added() for what the provider knows already: a list that is on screen fills when its provider comes.
    void add(WorkloadProvider* provider);
    /// Which group each is in; tells changed() for those that are in another one now.
    void setGroups(QHash<WorkloadId, QString> groups);

    const std::vector<WorkloadProvider*>& providers() const { return m_providers; }
    WorkloadProvider* provider(WorkloadKind kind) const; ///< the first of that kind; null when there is none
    std::vector<WorkloadInfo> workloads() const;
    std::optional<WorkloadInfo> find(const WorkloadId& id) const;
    /// By name, or by a key's unique prefix of at least 4 characters. Both halves of a twin may bear one name: `kind`
    /// chooses.
    std::vector<WorkloadInfo> findByName(const QString& nameOrKey, std::optional<WorkloadKind> kind = {}) const;

Q_SIGNALS:
    void added(const twinhull::WorkloadInfo& info);
    void changed(const twinhull::WorkloadInfo& info);
    void removed(const twinhull::WorkloadId& id);
    void availabilityChanged();

private:
    void markGroup(WorkloadInfo& info) const;

    std::vector<WorkloadProvider*> m_providers;
    QHash<WorkloadId, QString> m_groups;
};

} // namespace twinhull
