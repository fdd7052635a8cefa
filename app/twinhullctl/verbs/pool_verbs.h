// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/chosen_verb.h"
#include "core/workload/machine_storage.h"

namespace twinhull {

/// The verbs of "twinhullctl pool volume".
void addPoolVolumeVerbs(CLI::App& pool, ChosenVerb& chosen);

/// The pools of libvirt; null, and the failure told, where it does not answer.
MachineStorage* storageOf(Program& program);

/// One volume as `pool info --json` and `pool volume list --json` tell it.
QJsonObject machineVolumeJson(const MachineVolume& volume);
/// A table of volumes: NAME, SIZE, TAKEN, FORMAT, USED BY.
QString volumesText(const std::vector<MachineVolume>& volumes);

} // namespace twinhull
