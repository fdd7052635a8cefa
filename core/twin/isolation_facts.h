// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>

#include <sys/types.h>

namespace twinhull {

/// What keeps a process of a workload apart from the rest of this computer, as the kernel tells it (proc(5),
/// namespaces(7), capabilities(7)). For a VM it is the process that runs it: what a guest meets that breaks out.
struct IsolationFacts {
    QStringList ownNamespaces; ///< those that differ from this program's: "mnt", "pid" …
    int capabilities = 0; ///< of the effective set
    int knownCapabilities = 0; ///< that this kernel has at all
    enum class Seccomp { Off, Strict, Filter };
    Seccomp seccomp = Seccomp::Off;
    bool hasNoNewPrivileges = false;
};

/// Reads a few small files of /proc: microseconds. NotFound when the process is gone.
Result<IsolationFacts> readIsolationFacts(pid_t pid);

} // namespace twinhull
