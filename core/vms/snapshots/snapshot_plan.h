// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/snapshots/snapshot_record.h"

namespace twinhull {

/// What a new snapshot is made of.
struct SnapshotPlan {
    QString name;
    QString description;
    SnapshotPlace place = SnapshotPlace::Internal;
    bool hasMemory = false;
    std::vector<DefinedDisk> disks; ///< all of the machine
    QMap<QString, QString> layers; ///< by target: the file that is written from then on, of an external one
    QString memoryFile; ///< of an external one with memory
};

/// The machine that is to have it.
struct SnapshotSubject {
    QByteArray xml; ///< as it runs, else as it is defined
    bool isRunning = false;
    bool isFromImage = false; ///< has our agent, which does not find its host again
    const std::vector<SnapshotRecord>& present;
};

/// Decides what was left open, and refuses what would break or lose something: both kinds at once, disks that cannot, a
/// name that is taken. Names no files yet.
Result<SnapshotPlan> planSnapshot(const SnapshotRequest& request, const SnapshotSubject& subject);

/// For virDomainSnapshotCreateXML().
QByteArray snapshotXml(const SnapshotPlan& plan);

/// The kinds that are there; absent where there are none. `isMixed` where both are.
struct PresentPlaces {
    std::optional<SnapshotPlace> place;
    bool isMixed = false;
};
PresentPlaces presentPlaces(const std::vector<SnapshotRecord>& records);

} // namespace twinhull
