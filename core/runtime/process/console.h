// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/mounts/root_fd.h"
#include "core/runtime/syscalls.h"

#include <string>

namespace twinhull::runtime {

struct Console {
    UniqueFd master;
    UniqueFd slave;
};

/// A new terminal of the container's own devpts: checked to be one, and the other end taken by TIOCGPTPEER, not by a
/// name that the container could have exchanged.
Result<Console> openConsole(const RootFd& root, const oci::Process& process);

/// Shows the terminal as /dev/console.
Result<> mountConsole(Syscalls& calls, const RootFd& root, const Console& console);

/// Makes the terminal this session's, and descriptors 0, 1 and 2. The process must lead a session without one.
Result<> adoptConsole(const Console& console);

/// Hands `master` to whoever listens on the UNIX socket at `path`.
Result<> sendToConsoleSocket(const std::string& path, const UniqueFd& master);

} // namespace twinhull::runtime
