// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/proc_text.h"
#include "core/metrics/process_reader.h"

namespace twinhull {

/// Traffic of a process's network namespace, where it is not our own: then it is this workload's alone.
class NetworkReader {
public:
    /// Unsupported: the process shares our network. PermissionDenied: we may not look.
    static Result<NetworkReader> open(const ProcTree& proc, pid_t pid);

    /// All interfaces but lo, seen from inside: received is what came in.
    std::optional<NetworkBytes> read(ReadBuffer& buffer) const;

private:
    explicit NetworkReader(KeptFile file) : m_file(std::move(file)) { }

    KeptFile m_file; ///< keeps the namespace alive while it is open
};

} // namespace twinhull
