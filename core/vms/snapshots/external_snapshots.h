// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/snapshots/snapshot_record.h"
#include "core/vms/vm_actions.h"

namespace twinhull {

/// What is done with one domain's snapshots; libvirt threads only.
struct SnapshotWork {
    const VmToolbox& tools;
    virConnectPtr connection;
    virDomainPtr domain;
    const std::vector<SnapshotRecord>& all; ///< of that domain
    JobContext& context;
};

// libvirt goes back to external snapshots from 9.9 on, and deletes them from 9.0 on, of a line without branches. So
// both are done here, in a way that is right with every version.

/// Makes new files above what the snapshot stands on, defines the domain as it was with these, and starts it where its
/// memory was kept. The files with what came after the snapshot go, where no snapshot needs them. A failure before the
/// definition changes nothing.
Result<> revertToExternal(const SnapshotWork& work, const SnapshotRecord& snapshot);

/// Merges the layer above what the snapshot stands on into that, or removes what nothing stands on. Busy where it has
/// branches. Once the merging has begun the snapshot is gone; cancelled or failed then, all other states are as they
/// were, and only the room is not given back.
Result<> deleteExternal(const SnapshotWork& work, const SnapshotRecord& snapshot);

/// Tells libvirt the snapshot anew.
Result<> redefineSnapshot(virDomainPtr domain, const QByteArray& xml, bool isCurrent);

} // namespace twinhull
