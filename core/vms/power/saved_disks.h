// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"

namespace twinhull {

/// A disk's file, by what changes when it is written or is another one.
struct SavedDisk {
    QString path;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t writtenNanoseconds = 0; ///< since the epoch

    friend bool operator==(const SavedDisk&, const SavedDisk&) = default;
};

// A memory fits the disks as they were when it was written, and no others: those are noted in our data folder, by what
// the memory's file holds, wherever that file goes. All of it blocks: libvirt threads only.

/// The disks of a definition that its VM writes to, and the files that they are based on. An error where one is no file
/// of this computer that can be looked at: whether a device or a server was written to cannot be told.
Result<std::vector<SavedDisk>> savedDisksOf(virConnectPtr connection, const QByteArray& domainXml);

Result<> noteSavedDisks(const DataFolders& folders, const QString& savedFile, const std::vector<SavedDisk>& disks);

/// Busy names the disk that is another than then; Unavailable where nothing was noted.
Result<> checkSavedDisks(const DataFolders& folders, const QString& savedFile, const std::vector<SavedDisk>& disks);

} // namespace twinhull
