// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/log_line.h"

namespace twinhull {

/// What the entrypoint writes, on its way to the console: two pipes, so that the streams are told apart, and records as
/// of a container's log (core/ipc/log_line.h) with the guest's clock. So a VM's log has times and streams, and no line
/// of a program can be taken for one of guest-init's.
class GuestOutput {
public:
    static Result<GuestOutput> make();

    /// The entrypoint's end; -1 after closeWriteEnds().
    int writeEnd(LogStream stream) const { return m_pipes[index(stream)].write.fd(); }
    void closeWriteEnds();
    const UniqueFd& readEnd(LogStream stream) const { return m_pipes[index(stream)].read; }

    enum class Passed { Some, NothingYet, Ended };
    /// One piece of what waits in that stream; blocks while the console takes no more.
    Passed pass(LogStream stream, const UniqueFd& console) const;
    /// All that still waits in both, once nobody writes any more.
    void passRest(const UniqueFd& console) const;

private:
    struct Pipe {
        UniqueFd read;
        UniqueFd write;
    };
    static std::size_t index(LogStream stream) { return stream == LogStream::Output ? 0 : 1; }

    Pipe m_pipes[2];
};

} // namespace twinhull
