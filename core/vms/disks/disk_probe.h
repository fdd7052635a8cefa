// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/workload/machine_import.h"

#include <QString>

#include <cstdint>
#include <string>

namespace twinhull {

/// The format by which a disk begins, as QEMU names it: "qcow2", "vmdk", "vdi", "vhdx", "vpc"; "raw" for all else.
/// Disks come from anywhere: one that names another file of this computer (a backing file, a data file, extents) would
/// give its guest that file, and is refused with the name. So are encrypted ones. Source: docs/interop/qcow2.txt of
/// QEMU, VMware's Virtual Disk Format 5.0, MS-VHDX. Any thread.
Result<QString> formatOfDisk(const UniqueFd& file);

struct DiskFacts {
    QString format; ///< of formatOfDisk(), or "raw" where that was claimed
    std::uint64_t virtualBytes = 0; ///< what a guest sees
};

/// Opens a regular file and asks qemu-img as well, which gets 30 s and little memory. `claimed` is what a person says
/// of it: that, or "raw", which is harmless; empty: whatever it is. Blocks.
Result<DiskFacts> probeDisk(const UniqueFd& file, const QString& claimed);

/// probeDisk() for the disk of an import; Unsupported for a format that is not used in place, where that is asked.
Result<DiskFacts> probeFor(const MachineImport& machine, const UniqueFd& file);

/// A regular file to read, never waited for. Errors name it.
Result<UniqueFd> openDisk(const QString& path);

} // namespace twinhull
