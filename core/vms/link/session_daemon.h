// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace twinhull {

/// The URI to open for what the person asked for. libvirt starts the daemon of qemu:///session by itself for ordinary
/// users only (remote_sockets.c, remoteGetURIDaemonInfo); root would get the system's daemon, whose VMs run as another
/// user and cannot read root's files. So for root a session daemon of its own is meant, by its socket.
QString effectiveUri(const QString& uri);

/// Where libvirt's daemon of this user keeps its sockets and what runs.
QString userRuntimeFolder();

/// Starts that daemon where `address`, of effectiveUri(), names it and nothing listens there: libvirtd inside a user
/// namespace in which root is an ordinary user. It ends by itself some time after its last VM and client.
Result<> ensureSessionDaemon(const QString& address);

} // namespace twinhull
