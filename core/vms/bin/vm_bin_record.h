// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/disks/vm_folder.h"
#include "core/vms/vm_actions.h"

#include <QByteArray>

namespace twinhull {

struct KeptSnapshot {
    QByteArray xml; ///< with passwords, as libvirt is told of it again
    bool isCurrent = false;

    friend bool operator==(const KeptSnapshot&, const KeptSnapshot&) = default;
};

/// How far it is. Each is written before what it names begins, so that a sweep can end what a killed program began.
enum class BinPhase {
    Leaving, ///< libvirt is about to be told to forget it: known to it still, it was never removed
    Kept, ///< libvirt forgot it: known to it again, somebody defined it anew
    Coming, ///< defined again, perhaps without all of its snapshots
    Going, ///< for good; files may be missing
};

/// What libvirt no longer knows of a VM that was removed and can be brought back.
struct VmBinRecord {
    QString name;
    BinPhase phase = BinPhase::Leaving;
    std::int64_t removedMilliseconds = 0; ///< since the epoch
    std::int64_t untilMilliseconds = 0; ///< then it goes for good
    bool startsByItself = false;
    QByteArray definition;
    QString nvramPath = {}; ///< where libvirt looks for what its firmware keeps, by its name; empty: as defined
    std::vector<KeptSnapshot> snapshots = {}; ///< parents first

    friend bool operator==(const VmBinRecord&, const VmBinRecord&) = default;
};

/// In the VM's folder, whole or not at all, for its person alone: passwords of screens are in it.
Result<> writeBinRecord(const VmFolder& folder, const VmBinRecord& record);
/// NotFound where there is none; Corrupt where it is broken or above 64 MiB.
Result<VmBinRecord> readBinRecord(const VmFolder& folder);
/// With what is left of writing it by programs that were killed.
Result<> removeBinRecord(const VmFolder& folder);

struct BinFolder {
    QString key;
    VmFolder folder;
    Result<VmBinRecord> record; ///< or why it cannot be read
};

/// Whose folders: of this connection, or of all by which this libvirt is reached.
enum class BinReach { Connection, Libvirt };

/// All folders with a record, whatever libvirt knows: asks nobody, and another program may be at work in them. An error
/// where the folders cannot be looked through.
Result<std::vector<BinFolder>> binFoldersOf(const VmToolbox& tools, BinReach reach = BinReach::Connection);

} // namespace twinhull
