// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/vms/domain/domain_description.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/workload/workload_info.h"

namespace twinhull {

/// A domain as it was at one moment, as values only.
struct DomainSnapshot {
    WorkloadInfo info;
    DomainDescription description;
    bool isActive = false;
};

/// Where the hypervisor runs: on this computer its processes can be read.
enum class HypervisorPlace { Here, Elsewhere };
HypervisorPlace placeOf(const QString& uri);

/// Asks libvirt and reads our own files. Blocks: libvirt threads only.
Result<DomainSnapshot> snapshotOf(
    virDomainPtr domain, const DataFolders& folders, HypervisorPlace place, const QString& connection = {});

/// One state for libvirt's state and reason (virDomainState), and the sentence that goes with it.
struct StateInWords {
    WorkloadState state = WorkloadState::Unknown;
    QString reason;
};
StateInWords stateInWords(int state, int reason);

/// What can be done in that state.
Capabilities capabilitiesIn(WorkloadState state, const DomainDescription& description);

} // namespace twinhull
