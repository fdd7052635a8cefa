// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/vms/vm_actions.h"
#include "core/vms/vm_folder.h"

#include <QStringList>

namespace twinhull {

/// Takes the folder of a VM that is being made, for as long as the descriptor lives, and notes in it which libvirt the
/// VM will be of. The kernel gives it back when the process dies.
Result<UniqueFd> claimVmFolder(const VmFolder& folder, const QString& uri);

/// The folders in which files of that VM are: its own, and those that it had where it was migrated from.
QStringList vmFoldersOf(const VmToolbox& tools, const QString& uuid);

/// Those of that VM which were handed over to whatever libvirt, by its bare UUID.
QStringList handedOverFoldersOf(const DataFolders& folders, const QString& uuid);

/// From now on these folders are of a VM of the libvirt at `uri`: no sweep takes them.
Result<> handOverVmFolders(const QStringList& paths, const QString& uri);

/// Removes the folders of VMs that were never defined because their maker was killed: they bear a note of this libvirt,
/// nobody claims them, and this libvirt says that it has no such VM. All others stay, those without a note too. Gives
/// the paths of the removed. Blocks: worker threads only.
Result<QStringList> removeOrphans(const VmToolbox& tools);

} // namespace twinhull
