// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/link/libvirt_handles.h"

namespace twinhull {

/// What the firmware of a VM keeps between starts. libvirt names that file by the VM's name, which another VM may have
/// by the time at which this one comes back: so it is copied into the VM's folder, and named there.
struct NvramPlace {
    QString path; ///< empty: there is none, or it is in the VM's folder already
    bool isShared = false; ///< another VM has the same file

    bool isOutside() const { return !path.isEmpty(); }
};

/// Unsupported where it can not be copied and used there: it is no file, or not this person's.
Result<NvramPlace> nvramOutside(
    const VmToolbox& tools, virConnectPtr connection, const QString& uuid, const QByteArray& definition);

/// Copies it and names the copy in the record's definition and snapshots. The VM is off. What stands at the copy's
/// place goes, for it is what a killed program left.
Result<> keepNvram(const NvramPlace& place, const VmFolder& folder, VmBinRecord& record);

/// Where libvirt removed it and has the VM all the same.
Result<> giveNvramBack(const NvramPlace& place, const VmFolder& folder);

} // namespace twinhull
