// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/domain/domain_writer.h"
#include "core/vms/vm_actions.h"
#include "core/vms/vm_options.h"

namespace twinhull {

/// The most memory in bytes that a VM there can have; no limit where the host is another computer.
std::uint64_t memoryLimitOf(const VmToolbox& tools);

/// What new VMs run on. Blocks for the probe where its verdict is not known yet; of another computer nobody but its
/// libvirt can tell.
DomainEngine engineFor(const VmOptions& options, const VmToolbox& tools);

} // namespace twinhull
