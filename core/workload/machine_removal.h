// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/jobs/job.h"
#include "core/workload/workload_id.h"

#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace twinhull {

/// A disk or medium of a machine outside the machine's own folder, which its removal leaves where it is.
struct MachineDisk {
    WorkloadId machine;
    QString target; ///< "vda"
    QString path; ///< as the definition names it
    QString pool = {}; ///< in which it is a volume; empty: none that is known
    QString volume = {};
    std::optional<std::uint64_t> capacityBytes = {}; ///< absent: nobody can tell
    std::optional<std::uint64_t> allocatedBytes = {};
    QStringList otherUsers = {}; ///< other machines, and volumes that are based on it
    QString keptBecause = {}; ///< why it cannot be deleted with the machine; empty: it can

    friend bool operator==(const MachineDisk&, const MachineDisk&) = default;
};

/// Those of these paths, each once; an error where one is none of `disks`, or is kept.
Result<std::vector<MachineDisk>> disksToDelete(const std::vector<MachineDisk>& disks, QStringList paths);

/// Machines that are removed with what lies outside their folders, where a person says so. Jobs are handed out
/// unstarted; `into` is written before they end.
class MachineRemoval {
public:
    virtual ~MachineRemoval() = default;

    /// Of all these, in their order.
    virtual std::unique_ptr<Job> readDisks(
        const std::vector<WorkloadId>& machines, std::shared_ptr<std::vector<MachineDisk>> into)
        = 0;
    /// As WorkloadProvider::remove(), then these disks of it, by their paths. Refused before anything is done where one
    /// is not its disk, or is kept for a reason; Busy names who uses it as well.
    virtual std::unique_ptr<Job> removeWithDisks(const WorkloadId& machine, const QStringList& paths) = 0;
};

/// A provider whose machines have disks outside their folders; found by dynamic_cast.
class HasMachineRemoval {
public:
    virtual ~HasMachineRemoval() = default;

    virtual MachineRemoval& removal() = 0;
};

} // namespace twinhull
