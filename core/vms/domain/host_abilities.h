// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/vms/domain/domain_writer.h"
#include "core/vms/link/libvirt_handles.h"

namespace twinhull {

/// What a host can give to a q35 machine beside what every host can.
struct HostAbilities {
    bool hasUefi = false; ///< a firmware that libvirt chooses by itself
    bool hasSecureBoot = false; ///< one of those can check signatures
    bool hasTpm = false; ///< an emulated TPM 2.0 (swtpm)
};

/// Of libvirt's domain capabilities (formatdomaincaps). Corrupt where it is no XML.
Result<HostAbilities> abilitiesFrom(const QByteArray& capabilitiesXml);

/// Asks libvirt, which remembers its answer. Blocks.
Result<HostAbilities> readHostAbilities(virConnectPtr connection, DomainEngine engine);

} // namespace twinhull
