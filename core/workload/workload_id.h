// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHashFunctions>
#include <QMetaType>
#include <QString>

namespace twinhull {

enum class WorkloadKind { Container, Vm };

/// Names a workload for its whole life: a container's id or a domain's UUID, never its name.
struct WorkloadId {
    WorkloadKind kind = WorkloadKind::Container;
    QString key;

    friend bool operator==(const WorkloadId&, const WorkloadId&) = default;
    friend bool operator<(const WorkloadId& a, const WorkloadId& b)
    {
        return a.kind != b.kind ? a.kind < b.kind : a.key < b.key;
    }
};

inline size_t qHash(const WorkloadId& id, size_t seed = 0)
{
    return qHashMulti(seed, static_cast<int>(id.kind), id.key);
}

} // namespace twinhull

Q_DECLARE_METATYPE(twinhull::WorkloadId)
