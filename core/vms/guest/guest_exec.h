// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/ipc/guest_sessions.h"

#include <QStringList>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace twinhull {

/// Where the streams of a command in a VM come from and go to.
struct GuestExecStreams {
    /// An error ends the command and becomes the result.
    using Sink = std::function<Result<>(std::string_view)>;

    int input = -1; ///< a descriptor that stays open; -1: none, the command finds end of file at once
    Sink output; ///< the terminal's, where there is one
    Sink errorOutput;
    /// Columns and rows as they are now; asked a few times a second while the command has a terminal.
    std::function<std::pair<std::uint16_t, std::uint16_t>()> terminalSize;
    std::function<bool()> isCancelled; ///< asked likewise
    std::string_view program = {}; ///< a static program's bytes, run in place of the command's first argument
};

/// Runs a command inside a VM through the first of `sockets` (DomainDescription::sessionSockets) that nobody uses, and
/// returns its exit status (128 and the signal's number when one ended it). It is ended when this process is. Blocks:
/// no thread that must not. Busy: all sockets are in use; Unavailable: the VM has ended, or has no such sockets;
/// Cancelled; InvalidArgument: the command is too long; Unknown: it could not be started, as the guest tells.
Result<int> execInGuest(const QStringList& sockets, const GuestCommand& command, const GuestExecStreams& streams);

/// Held (flock(2)) by who uses the socket: QEMU lets a second one wait without a word.
QString sessionLockPath(const QString& socketPath);

} // namespace twinhull
