// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <sys/types.h>

#include <string>

namespace twinhull::runtime {

/// The socket by which the container's program says that it is ready (sd_notify(3)), where whoever called hull wants to
/// hear it. What goes on to them is READY=1, with the program's pid as MAINPID, and nothing else that comes from
/// inside: the rest of the protocol would let a container steer its own service.
class ReadyNotice {
public:
    /// Where the socket lies in the container.
    static constexpr const char* kFolderInside = "/run/notify";
    static constexpr const char* kVariable = "NOTIFY_SOCKET=/run/notify/notify.sock";

    /// $NOTIFY_SOCKET; empty: nobody wants to hear.
    static std::string listener();

    /// The folder `notify` in a container's, which is mounted into it; it is there from the making of the container on.
    static Result<> makeFolder(const UniqueFd& stateFolder);
    static bool hasFolder(const UniqueFd& stateFolder);
    static constexpr const char* kFolderName = "notify";

    /// The socket in that folder; to be bound before the program runs, so that no word of it is lost.
    static Result<ReadyNotice> bind(const UniqueFd& stateFolder, std::string listener);

    const UniqueFd& fd() const { return m_socket; }

    /// Reads one message; true when the program is ready and that was passed on. `pid`: as the host counts.
    Result<bool> pass(pid_t pid) const;

    /// Until the program is ready or has ended.
    Result<> await(const UniqueFd& pidfd, pid_t pid) const;

private:
    ReadyNotice(UniqueFd socket, std::string listener)
        : m_socket(std::move(socket)), m_listener(std::move(listener)) { }

    UniqueFd m_socket;
    std::string m_listener;
};

} // namespace twinhull::runtime
