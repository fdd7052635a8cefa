// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/disks/vm_folder.h"

#include <QByteArray>

namespace twinhull {

struct KeptSnapshot {
    QByteArray xml; ///< with passwords, as libvirt is told of it again
    bool isCurrent = false;

    friend bool operator==(const KeptSnapshot&, const KeptSnapshot&) = default;
};

/// What libvirt no longer knows of a VM that was removed and can be brought back.
struct VmBinRecord {
    QString name;
    std::int64_t removedMilliseconds = 0; ///< since the epoch
    std::int64_t untilMilliseconds = 0; ///< then it goes for good
    bool startsByItself = false;
    QByteArray definition;
    std::vector<KeptSnapshot> snapshots; ///< parents first

    friend bool operator==(const VmBinRecord&, const VmBinRecord&) = default;
};

/// In the VM's folder, whole or not at all, for its person alone: passwords of screens are in it.
Result<> writeBinRecord(const VmFolder& folder, const VmBinRecord& record);
/// NotFound where there is none; Corrupt where it is broken or above 64 MiB.
Result<VmBinRecord> readBinRecord(const VmFolder& folder);
Result<> removeBinRecord(const VmFolder& folder);

} // namespace twinhull
