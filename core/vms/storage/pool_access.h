// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/vms/vm_actions.h"

#include <QString>

#include <optional>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// Who QEMU runs as, without any privilege beside it.
struct FileUser {
    uid_t uid = 0;
    std::vector<gid_t> groups;
};

/// The user that machines of this connection run as, by libvirt's word (the DAC label of its capabilities); nothing
/// where libvirt is on another computer, is no QEMU, or that user may do everything.
std::optional<FileUser> guestUserOf(virConnectPtr connection, const VmToolbox& tools);

struct AccessTrouble {
    QString folder; ///< which stops them; a file where that does
    QString sentence; ///< who may not enter it, and whose it is
    QString nextStep; ///< a command of its owner's
    unsigned neededRights = 0; ///< read 4, write 2, execute 1
    bool isOwners = false; ///< who is stopped owns it: no access list helps
    bool isFolder = true;
    uid_t owner = 0;
};

enum class FolderUse { Enter, Write };

/// Why that user cannot come to what is in `folder`; nothing where it can, or where nobody can tell. By the permissions
/// and access lists (acl(5)) of every folder on the way. Blocks as a disk does.
std::optional<AccessTrouble> troubleOnTheWay(const QString& folder, const FileUser& user, FolderUse use);

enum class FileUse {
    Reach, ///< QEMU is given the file itself by libvirt, which cannot open the way to it
    Read,
    Write, ///< and read
};

/// All that keeps that user from a file, from the top down; as far as we may look ourselves.
std::vector<AccessTrouble> troublesWithFile(const QString& file, const FileUser& user, FileUse use);

/// What machines of this connection have to do with the folder of a pool: in a session their user makes the disks.
FolderUse folderUseOf(const VmToolbox& tools);

/// Gives that user what it lacks on the way, by access lists; nobody else gets anything. PermissionDenied names the
/// folder that is another's.
Result<> openTheWay(const QString& folder, const FileUser& user, FolderUse use);

} // namespace twinhull
