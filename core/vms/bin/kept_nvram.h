// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/link/libvirt_handles.h"

namespace twinhull {

/// What the firmware of a VM keeps between starts. libvirt names that file by the VM's name, which another VM may have
/// while this one is away: so it is copied into the VM's folder.
struct NvramPlace {
    QString path; ///< empty: there is none, or it is in the VM's folder already
    bool isShared = false; ///< another VM has the same file
    bool isCopied = false;

    bool isOutside() const { return !path.isEmpty(); }
};

/// Unsupported where it can not be copied: it is no file, or not this person's.
Result<NvramPlace> nvramOutside(
    const VmToolbox& tools, virConnectPtr connection, const QString& uuid, const QByteArray& definition);

/// Copies it, and notes where it goes when the VM comes back. The VM is off. What stands at the copy's place goes, for
/// it is what a killed program left.
Result<> keepNvram(NvramPlace& place, const VmFolder& folder, VmBinRecord& record);

/// The copy, where there is one, to where it was.
Result<> giveNvramBack(const QString& path, const VmFolder& folder);

/// What that gave, where the VM does not come back after all; stays where it is another's by now.
Result<> takeNvramAway(const QString& path, const VmFolder& folder);

/// Before a VM comes back: where another VM has its old file by now, another file stands there, or its folder is out of
/// reach, the record's definition and snapshots name the copy instead. AlreadyExists where the definition names none:
/// libvirt finds it by the VM's name then.
Result<> makeWayForNvram(virConnectPtr connection, const QString& uuid, const VmFolder& folder, VmBinRecord& record);

} // namespace twinhull
