// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/os_catalog.h"
#include "core/workload/machine_import.h"

#include <QStringList>

namespace twinhull {

/// The new disk of a VM whose system says nothing of one; the file grows with what is written.
constexpr std::uint64_t kDefaultNewDiskBytes = std::uint64_t{ 20 } << 30U;

/// What a VM to be installed from a medium gets, and a sentence about each choice.
struct ChosenMachine {
    MachineImport machine;
    QStringList reasons;
};

/// Fills in what the person left out of a plan with an IsoSource (memory, CPUs; a disk of 0 bytes) by what the system
/// recommends, and the devices by the drivers that it brings. What is less than its minimum is kept, and said.
ChosenMachine chooseMachine(const MachineImport& asked, const std::optional<KnownOs>& os);

/// What stands against starting it now, one sentence each: more memory than this computer has available
/// (MemAvailable), a disk that may grow beyond what is free below `folder`. Empty where nothing does. Reads /proc.
QStringList capacityWarnings(const WorkloadPlan& plan, const std::string& folder);

} // namespace twinhull
