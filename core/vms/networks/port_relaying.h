// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <QString>

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace twinhull {

/// A socket that waits at a published port, and the port of 127.0.0.1 where QEMU forwards to what was meant.
struct RelayedSocket {
    UniqueFd socket;
    std::uint16_t forward = 0;
};

/// Starts the process that passes on what comes to them: QEMU's user network listens on IPv4 only. It lives exactly as
/// long as that QEMU, whoever of us ends before. Blocks until it serves; worker threads only.
Result<> startPortRelay(const QString& uuid, pid_t qemu, const std::vector<RelayedSocket>& sockets);

/// Waits for the end of the relay of a QEMU that has ended just now, two seconds at most: its ports are free then.
void awaitPortRelayEnd(const QString& uuid);

} // namespace twinhull
