// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"
#include "core/vms/domain/domain_description.h"
#include "core/vms/link/libvirt_handles.h"

#include <functional>
#include <string>
#include <vector>

namespace twinhull {

/// A file of a disk, as the statistics list it: those below follow the one that is written.
struct BlockFile {
    std::string disk; ///< "vda"
    std::string path; ///< empty where it is no file
    std::optional<std::uint64_t> allocated = {}; ///< absent where libvirt does not tell it
    std::optional<std::uint64_t> capacity = {}; ///< absent in an empty drive, and where libvirt did not ask QEMU
};

/// What the files of a domain's disks are for, by its definition.
struct DiskRoles {
    QStringList paths; ///< all that this speaks of
    QStringList mediaPaths;
    QStringList readOnlyPaths;
    QString imageDigest; ///< empty unless made from an image

    friend bool operator==(const DiskRoles&, const DiskRoles&) = default;
};
DiskRoles rolesIn(const DomainDescription& domain);

/// What a running domain is asked about its disks. Each blocks as long as libvirt does.
struct DiskQuestions {
    std::function<Result<std::vector<BlockFile>>()> files; ///< with all that are below its disks
    std::function<Result<DomainDescription>()> definition;
};
/// To libvirt about `domain`, which must outlive them.
DiskQuestions diskQuestions(virDomainPtr domain);

/// What a running domain takes of disks, from libvirt's block statistics and, where the files are on this computer,
/// from these themselves. The definition is asked for only where `roles` does not speak of a disk's file, and put there
/// then. `imagesFolder` is empty for a domain that runs elsewhere. Busy where libvirt tells less than all of it,
/// because it is at work on the domain.
Result<DiskParts> readDisks(const DiskQuestions& ask, DiskRoles& roles, const std::string& imagesFolder);

} // namespace twinhull
