// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/vms/vm_actions.h"
#include "core/vms/disks/vm_folder.h"
#include "core/workload/machine_storage.h"

#include <QStringList>

namespace twinhull {

/// Takes the folder of a VM for as long as the descriptor lives, and notes in it which libvirt the VM is of. The kernel
/// gives it back when the process dies.
Result<UniqueFd> claimVmFolder(const VmFolder& folder, const QString& uri);

/// The same for a VM that is removed, brought back or swept: Busy where somebody else has the folder, Unsupported where
/// it is of another libvirt, by a migration or since it was made.
Result<UniqueFd> claimIdleVmFolder(const VmFolder& folder, const QString& uri);

/// Makes the folder of a VM that is being made, with the note and taken like that: until endVmFolder(), which comes
/// right before it is defined, a sweep removes the folder when its maker is gone. Nothing of it is at its place before
/// it is noted whose it is.
Result<UniqueFd> beginVmFolder(const VmFolder& folder, const QString& uri);
Result<> endVmFolder(const VmFolder& folder);

/// Notes in a folder that is being made which volume is about to be made for the VM, and was not there before: whoever
/// removes the folder as an orphan deletes that too, where nobody uses it. An empty name takes the note away.
Result<> noteVolumeOfMaking(const VmFolder& folder, const VolumeName& volume);

/// Removes the folder of a VM that is none any more: it is hidden first, so that of one that is killed in the middle
/// nothing is left that could be taken for a VM's, and removeHalfMade() ends it.
Result<> removeVmFolder(const QString& path);

/// Where nothing but the note is in it, and nothing else comes there meanwhile; the folder is claimed.
Result<> removeBareVmFolder(const VmFolder& folder);

/// Whether the folder bears the note of the libvirt at `uri`, claimed or not.
bool isVmFolderOf(const VmFolder& folder, const QString& uri);
/// The same with notes of migrations, and where the note cannot be read.
bool mayBeVmFolderOf(const VmFolder& folder, const QString& uri);

/// The folders in which files of that VM are: its own, and those that it had where it was migrated from.
QStringList vmFoldersOf(const VmToolbox& tools, const QString& uuid);

/// Those of that VM which were handed over to whatever libvirt, by its bare UUID.
QStringList handedOverFoldersOf(const DataFolders& folders, const QString& uuid);

/// From now on these folders are of a VM of the libvirt at `uri`: no sweep takes them.
Result<> handOverVmFolders(const QStringList& paths, const QString& uri);

/// Removes what makers left that were killed within beginVmFolder(), of whatever libvirt. Gives the paths. Blocks.
QStringList removeHalfMade(const DataFolders& folders);

/// Removes those, and the folders of VMs that were never defined because their maker was killed: they are marked as in
/// the making, bear a note of this libvirt, nobody claims them, and this libvirt says that it has no such VM. All
/// others stay: what became a VM and is unknown now was undefined by another program, and its disks are the person's.
/// Gives the paths of the removed. Blocks: worker threads only.
Result<QStringList> removeOrphans(const VmToolbox& tools);

/// The folders of what became a VM of this libvirt and is unknown to it now; never removed by themselves. Blocks.
Result<QStringList> leftVmFolders(const VmToolbox& tools);

} // namespace twinhull
