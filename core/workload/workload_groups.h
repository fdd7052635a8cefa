// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/jobs/job.h"
#include "core/workload/workload_registry.h"

#include <QSet>

#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace twinhull {

// Which workloads a person put together, under a name: groups/groups.json in the data folder, one file for both kinds
// and all hosts. A label of a container and an element of a domain's metadata would be two roads with a failure of
// their own each, would write into machines that others made, and could not be written where a host does not answer or
// may only be read. A group is how this person looks at them, as a filter is; nothing else reads it.
//
// Keys are ids, so a new name, a restart, or the way into the bin and back changes nothing.

/// As a person wrote it, without the blanks around it; empty: no group. InvalidArgument where it is longer than 64
/// characters, or one of them cannot be printed.
Result<QString> groupNameFrom(const QString& text);

/// Corrupt where somebody broke the file; what is wrong in an entry alone is passed over. Any thread.
Result<QHash<WorkloadId, QString>> readGroups(const DataFolders& folders);

/// What there is, for the sweep; a place that does not answer now says nothing about its workloads.
struct SeenWorkloads {
    using Place = std::pair<WorkloadKind, QString>; ///< with the connection

    QSet<WorkloadId> ids;
    std::set<Place> answering;
};
SeenWorkloads seenWorkloads(const WorkloadRegistry& registry);

struct GroupWish {
    std::vector<WorkloadId> members;
    QString group; ///< as groupNameFrom() returns it; empty: none
};

/// Writes it; the old text or the new one is there at any moment, and other programs wait. On the way entries go whose
/// workload was missed at two changes that are kMissedMilliseconds apart and at those between them. Any thread.
Result<> putIntoGroup(
    const DataFolders& folders, const GroupWish& wish, const SeenWorkloads& seen, std::int64_t nowMilliseconds);

/// Longer than a bin keeps what comes back.
constexpr std::int64_t kMissedMilliseconds = std::int64_t{ 8 } * 24 * 3600 * 1000;

/// The same on another thread; whoever has a registry reads again afterwards. `what` names the members in its title.
std::unique_ptr<Job> groupJob(
    const DataFolders& folders, const GroupWish& wish, const SeenWorkloads& seen, const QString& what);

} // namespace twinhull
