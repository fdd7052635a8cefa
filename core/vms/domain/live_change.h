// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/domain_hardware.h"
#include "core/vms/link/libvirt_handles.h"

namespace twinhull {

/// Does to a running domain what was done to its definition. An error tells why it has to wait for the next shutdown.
/// Blocks.
Result<> changeRunning(virDomainPtr domain, const HardwareEdit& edit, const EditedDomain& edited);

} // namespace twinhull
