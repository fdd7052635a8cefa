// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/exit_record.h"

#include <cstdint>

#include <sys/types.h>

namespace twinhull {

/// The first process of a container, by pidfd.
class ContainerProcess {
public:
    /// Fails with NotFound when it is gone, or when its start time (field 22 of /proc/PID/stat) is not `startTicks`.
    static Result<ContainerProcess> open(pid_t pid, std::uint64_t startTicks);

    pid_t pid() const { return m_pid; }
    int pidfd() const { return m_pidfd.fd(); } ///< readable when it has ended
    Result<> signal(int number) const;
    /// Whether it has a handler for this signal. Without one the first process of a pid namespace never gets it
    /// (pid_namespaces(7)).
    bool handles(int signalNumber) const;
    /// After the end, once. A process that is not our child tells no status; the record says why.
    ExitRecord reap() const;

private:
    ContainerProcess(pid_t pid, UniqueFd pidfd) : m_pid(pid), m_pidfd(std::move(pidfd)) { }

    pid_t m_pid;
    UniqueFd m_pidfd;
};

} // namespace twinhull
