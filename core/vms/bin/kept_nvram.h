// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/link/libvirt_handles.h"

namespace twinhull {

/// What the firmware of a VM keeps between starts. libvirt names that file by the VM's name, which another VM may have
/// while this one is away: so it is copied into the VM's folder.
struct NvramPlace {
    QString path; ///< empty: there is none, or it is in the VM's folder already
    bool isByName = false; ///< libvirt finds it by the VM's name: the definition names none before the first start
    bool isShared = false; ///< another VM has the same file
    bool isCopied = false;

    bool isOutside() const { return !path.isEmpty(); }
};

/// Unsupported where it can not be copied: it is no file, or not this person's.
Result<NvramPlace> nvramOutside(
    const VmToolbox& tools, virConnectPtr connection, const QString& uuid, const QByteArray& definition);

/// Copies it, and names the copy in the record's definition and snapshots, or notes where it goes when the VM comes
/// back. The VM is off. What stands at the copy's place goes, for it is what a killed program left.
Result<> keepNvram(NvramPlace& place, const VmFolder& folder, VmBinRecord& record);

/// The copy, where there is one, to where it was.
Result<> giveNvramBack(const QString& path, const VmFolder& folder);

/// AlreadyExists where another VM has that file by now.
Result<> checkNvramIsFree(virConnectPtr connection, const QString& uuid, const QString& path);

} // namespace twinhull
