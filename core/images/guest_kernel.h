// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/jobs/job.h"

#include <QString>

#include <memory>
#include <optional>

namespace twinhull {

/// A kernel for VMs made from images: kernels/VERSION/{vmlinux,initramfs,initramfs-emulated}, made by prepare() and
/// used in place.
struct GuestKernel {
    QString version; ///< "6.1.0-53-cloud-amd64"
    QString vmlinuxPath; ///< uncompressed ELF with a PVH entry
    QString initramfsPath; ///< guest-init as /init and the modules with their order
    QString emulatedInitramfsPath; ///< the same for a machine without KVM: no signatures to check
};

/// The newest complete kernel; nothing when none was prepared. Reads a folder, blocks for microseconds.
std::optional<GuestKernel> findGuestKernel(const DataFolders& folders);

/// The same; NotFound with the next step when there is none.
Result<GuestKernel> requireGuestKernel(const DataFolders& folders);

/// Takes the kernel out of a Debian kernel package file (.deb; never installed) or a folder into which one was
/// unpacked, cuts vmlinux out of vmlinuz and packs the initramfs. Made again when guest-init is newer than the
/// initramfs.
std::unique_ptr<Job> prepareGuestKernel(
    const DataFolders& folders, const QString& debOrFolder, const QString& guestInitPath);

} // namespace twinhull
