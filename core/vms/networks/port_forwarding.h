// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/workload/workload_info.h"

#include <optional>
#include <vector>

namespace twinhull {

/// Busy with the port's number in the text when something listens on that address already.
Result<> checkPortIsFree(const PublishedPort& port);

/// Tells QEMU's user network to forward the ports; those that are forwarded already are left alone. The forwards end
/// with the QEMU process, so this is said after each start (platform: libvirt 9.0 cannot write them into the
/// definition). Ports at IPv6 addresses, which QEMU does not listen on, get a relay (port_relaying.h). Callers wait for
/// each other at `lockPath`, a file that is made where its folder is there.
Result<> publishPorts(virDomainPtr domain, const std::vector<PublishedPort>& ports, const QString& lockPath);

/// The monitor's command for one port, and whether the monitor's `info usernet` shows it.
QString forwardCommand(const PublishedPort& port);
bool isForwarded(const QString& usernetText, const PublishedPort& port);
/// The port of 127.0.0.1 that is forwarded to the one that is meant inside, where there is one.
std::optional<std::uint16_t> loopbackForward(const QString& usernetText, const PublishedPort& port);

} // namespace twinhull
