// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/host_abilities.h"
#include "core/workload/machine_making.h"

namespace twinhull {

/// The new disk of a VM whose system says nothing of one; the file grows with what is written.
constexpr std::uint64_t kDefaultNewDiskBytes = std::uint64_t{ 20 } << 30U;

/// Fills in what the person left out (memory, CPUs; the size of a new disk where that is 0) by what the system
/// recommends, the devices by the drivers that it brings, and the firmware by what it boots and the host has. What is
/// less than its minimum is kept, and said.
MachineAdvice chooseMachine(
    const MachineImport& asked, const std::optional<KnownOs>& os, const HostAbilities& host = {});

/// What stands against starting it now, one sentence each: more memory than this computer has available
/// (MemAvailable), a disk that may grow beyond what is free below `folder`. Empty where nothing does. Reads /proc.
QStringList capacityWarnings(const WorkloadPlan& plan, const std::string& folder);

} // namespace twinhull
