// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/link/libvirt_handles.h"
#include "core/workload/machine_guest.h"

namespace twinhull {

/// All that qemu-guest-agent and libvirt tell of the inside of a domain that runs. Blocks as long as the agent does,
/// which may be forever (core/vms/guest/qemu_agent.h). An error is libvirt's alone.
Result<GuestFacts> askForFacts(virDomainPtr domain);

/// What a failure of libvirt says about the agent; nothing where it says nothing of it.
std::optional<GuestFacts::Agent> agentBy(int libvirtCode);

/// By which card of that definition each leads to the machine, as the hardware addresses tell.
void markWays(std::vector<GuestAddress>& addresses, const QByteArray& domainXml);

/// An address, written as inet_ntop(3) does; empty where it is none.
QString plainAddress(const char* text);

/// At most 256 characters of a guest's text, those that control a terminal replaced.
QString boundedText(std::string_view text);

} // namespace twinhull
