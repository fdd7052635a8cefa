// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/host_abilities.h"
#include "core/workload/known_os.h"
#include "core/workload/machine_import.h"

#include <QStringList>

namespace twinhull {

struct FirmwareChoice {
    MachineFirmware firmware = MachineFirmware::Bios;
    bool hasTpm = false;
    QStringList reasons; ///< a sentence each
    QStringList warnings; ///< what the system needs and the host has not
};

/// What was asked; else UEFI where the data says that the system boots by it and the host has it, else BIOS. A Windows
/// that boots by UEFI alone (11) gets Secure Boot and a TPM as well, without which it is not installed.
FirmwareChoice chooseFirmware(
    std::optional<MachineFirmware> asked, const std::optional<KnownOs>& os, const HostAbilities& host);

/// Unavailable, with the package, where the host has not that firmware or no TPM.
Result<> checkFirmware(const MachineImport& machine, const HostAbilities& host);

} // namespace twinhull
