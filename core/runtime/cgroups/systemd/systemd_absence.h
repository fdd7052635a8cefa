// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <optional>
#include <string>
#include <sys/types.h>

namespace twinhull::runtime {

/// Where a process looks for its systemd. Tests make it up.
struct SystemdPlaces {
    bool isRoot = false; ///< of the host: the system's systemd is meant, else the user's own
    uid_t user = 0;
    std::string socket; ///< of the message bus; empty: unknown
    std::string runtimeFolder; ///< XDG_RUNTIME_DIR; empty: not set
    std::string run = "/run";

    static SystemdPlaces ofThisProcess();
};

/// Socket of the message bus that this process's systemd listens on: the system's for root, the user's
/// (XDG_RUNTIME_DIR, or DBUS_SESSION_BUS_ADDRESS) for others and for the root of a user namespace.
std::string systemdSocket();

/// Whether a systemd runs that makes units for this process: the system's for root, the user's own for others.
bool runsSystemd(const SystemdPlaces& places = SystemdPlaces::ofThisProcess());

/// Which piece is missing between this process and its systemd, with the command that brings it; nothing where the
/// socket is.
std::optional<Error> systemdAbsence(const SystemdPlaces& places = SystemdPlaces::ofThisProcess());

} // namespace twinhull::runtime
