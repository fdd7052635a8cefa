// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/chosen_verb.h"
#include "core/workload/machine_hardware.h"

namespace twinhull {

// The verbs of "twinhullctl vm", one function a group.
void addVmCreationVerbs(CLI::App& vm, ChosenVerb& chosen); ///< create, import, systems
void addVmPowerVerbs(CLI::App& vm, ChosenVerb& chosen); ///< reboot, reset, save, restore, autostart, send-key
void addVmDefinitionVerbs(CLI::App& vm, ChosenVerb& chosen); ///< xml, define, undo
void addVmNetworkVerbs(CLI::App& vm, ChosenVerb& chosen); ///< network list, create, leases, reserve …
void addVmSnapshotVerbs(CLI::App& vm, ChosenVerb& chosen); ///< snapshot list, create, revert, delete, describe
void addVmBinVerbs(CLI::App& vm, ChosenVerb& chosen); ///< bin list, restore, remove, prune
void addVmCopyVerbs(CLI::App& vm, ChosenVerb& chosen); ///< rename, clone, screenshot
void addVmMigrationVerb(CLI::App& vm, ChosenVerb& chosen); ///< migrate
void addVmScreenVerbs(CLI::App& vm, ChosenVerb& chosen); ///< screen
void addVmConsoleVerb(CLI::App& vm, ChosenVerb& chosen); ///< console
void addVmSshVerb(CLI::App& vm, ChosenVerb& chosen, const CommandTail& tail); ///< ssh
void addVmGuestVerbs(CLI::App& vm, ChosenVerb& chosen); ///< guest, time-sync
void addVmAccessVerb(CLI::App& vm, ChosenVerb& chosen); ///< fix-access
void addVmRemovalVerb(CLI::App& vm, ChosenVerb& chosen); ///< delete
void addVmHardwareVerbs(CLI::App& vm, ChosenVerb& chosen); ///< hardware, set, attach, detach

/// The VM of that name or UUID; the failure is told where there is none.
std::optional<WorkloadInfo> chosenVm(Program& program, const std::string& name);

/// Ends a verb that changed a definition: as JSON what became of it, else a note where it waits for a shutdown.
void finishOutcome(Program& program, const HardwareOutcome& outcome);

} // namespace twinhull
