// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/vms/disks/vm_folder.h"
#include "core/vms/vm_actions.h"

namespace twinhull {

/// Says in the folder of a VM that this process migrates it, for as long as it lives. Where the process is killed, the
/// mark stays and the kernel gives the claim on the folder back.
class MigrationMark {
public:
    /// Busy where another process is at it.
    static Result<MigrationMark> set(const VmFolder& folder);
    MigrationMark(MigrationMark&& other) noexcept = default;
    MigrationMark& operator=(MigrationMark&&) = delete;
    ~MigrationMark();

private:
    MigrationMark(QString folder, UniqueFd claim) : m_folder(std::move(folder)), m_claim(std::move(claim)) { }

    QString m_folder;
    UniqueFd m_claim;
};

/// Whether a migration of it is under way, or was broken off by a kill and is not ended yet.
bool isMigrating(const VmFolder& folder);

/// Ends what killed processes left of migrations away from this connection: libvirt goes on with the job of one whose
/// client has gone, and does nothing else with that VM meanwhile. One that runs on here gets its folders back. Blocks:
/// worker threads only.
Result<> endBrokenMigrations(const VmToolbox& tools);

} // namespace twinhull
