// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/monitor_arguments.h"

#include <string>
#include <vector>

namespace twinhull {

/// The address of a port that was published without one: this computer's own of both families, since "localhost" is
/// either of them to a program that asks for it.
constexpr const char* kLocalhost = "localhost";
constexpr const char* kLoopbackIpv4 = "127.0.0.1";
constexpr const char* kLoopbackIpv6 = "::1";

/// Whether ::1 is an address here, in the network namespace of this process. Asks the kernel, and is never long.
bool hasIpv6Loopback();

/// Where a port of that address waits: there, or for kLocalhost at kLoopbackIpv4 and, where there is one, at
/// kLoopbackIpv6.
std::vector<std::string> listenedAddresses(const std::string& hostAddress);

/// Each of them once for each address at which it waits.
std::vector<PortForward> listenedPorts(const std::vector<PortForward>& ports);

/// Those of kLocalhost at one of its addresses instead, the others as they are.
std::vector<PortForward> portsWithLocalhostAt(const char* address, std::vector<PortForward> ports);

/// Whether they wait at the same address, which kLocalhost is two of; of ports, numbers and transport are not looked
/// at.
bool shareAnAddress(const std::string& hostAddress, const std::string& other);

} // namespace twinhull
