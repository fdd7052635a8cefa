// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/guest/agent_line.h"
#include "core/vms/vm_actions.h"

namespace twinhull {

/// qemu-guest-agent in a machine made by others, by libvirt, which keeps the limit of each command (20 s, and five for
/// the agent's first word). Unavailable: it does not run, has no such agent, or that does not answer; the hint says
/// what to do. libvirt notes in the machine's log that commands of others came (virDomainQemuAgentCommand).
Result<AgentLine> openAgent(const VmToolbox& tools, const QString& uuid);

/// What an agent said of why it refused `command`, of libvirt's message for it: "failed to open file …".
std::string agentReason(const std::string& libvirtMessage, const std::string& command);

} // namespace twinhull
