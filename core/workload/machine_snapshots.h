// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_info.h"

#include <QDateTime>

#include <memory>

namespace twinhull {

/// Where a snapshot keeps what was there: inside the disks' own files, or by leaving these as they are and going on in
/// files above them.
enum class SnapshotPlace { Internal, External };

/// A machine as it was at one moment.
struct MachineSnapshot {
    QString name;
    QString parent; ///< the snapshot that it came after; empty: the first
    QString description;
    QDateTime takenAt;
    QString
        machineState; ///< then, as libvirt says it: "running", "shutoff", "disk-snapshot" (of disks that were in use)
    SnapshotPlace place = SnapshotPlace::Internal;
    bool hasMemory = false;
    bool isCurrent = false; ///< the present state came after it
    std::optional<std::uint64_t> sizeBytes; ///< of its files and its memory; absent where nobody can tell
    QString revertRefusal; ///< why it cannot be gone back to; empty: it can
    QString deleteRefusal; ///< likewise

    friend bool operator==(const MachineSnapshot&, const MachineSnapshot&) = default;
};

struct SnapshotRequest {
    enum class Content {
        Usual, ///< with memory where it runs and that can be
        WithMemory,
        DisksOnly,
    };

    QString name; ///< empty: named after the moment
    QString description;
    Content content = Content::Usual;
    std::optional<SnapshotPlace> place; ///< absent: as the snapshots that are there, else inside where the disks can
};

/// The snapshots of machines. A machine has them all inside its disks or all outside: gone back to, one kind would
/// break the other. Jobs are handed out unstarted; `into` is written before they end.
class MachineSnapshots {
public:
    virtual ~MachineSnapshots() = default;

    /// Parents before their children, else by time.
    virtual std::unique_ptr<Job> list(const WorkloadInfo& machine, std::shared_ptr<std::vector<MachineSnapshot>> into)
        = 0;
    /// `name` becomes the snapshot's.
    virtual std::unique_ptr<Job> create(
        const WorkloadInfo& machine, const SnapshotRequest& request, std::shared_ptr<QString> name)
        = 0;
    /// What came after it and is in no snapshot is lost. A machine that runs is cut off.
    virtual std::unique_ptr<Job> revert(const WorkloadInfo& machine, const QString& name) = 0;
    /// The present state and all other snapshots stay as they are.
    virtual std::unique_ptr<Job> remove(const WorkloadInfo& machine, const QString& name) = 0;
    virtual std::unique_ptr<Job> describe(const WorkloadInfo& machine, const QString& name, const QString& description)
        = 0;
};

/// A provider whose workloads are machines with snapshots; found by dynamic_cast.
class HasMachineSnapshots {
public:
    virtual ~HasMachineSnapshots() = default;

    virtual MachineSnapshots& snapshots() = 0;
};

} // namespace twinhull
