// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/figures/domain_statistics.h"

namespace twinhull {

/// What qemu-guest-agent tells through libvirt of the inside of a VM made by others: its root file system, and where
/// libvirt is 11.2 or later its load. What it does not tell has its reason; an error is libvirt's alone. Blocks as long
/// as the agent does, which may be forever: libvirt waits five seconds for its first word, then without end. A limit
/// (virDomainAgentSetResponseTimeout) would hold for the calls of others as well, and break the backup that freezes
/// file systems for longer, so none is set.
Result<DomainStatistics> askQemuAgent(virDomainPtr domain);

} // namespace twinhull
