// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>

namespace twinhull {

/// Where hull hands over the master side of a container's terminal (--console-socket, as runc and crun have it: one
/// message with one descriptor, SCM_RIGHTS). The path is gone with this object.
class ConsoleSocket {
public:
    /// The folder must be closed to others. Fails when the path is longer than a socket's may be (107 bytes).
    static Result<ConsoleSocket> listen(std::string path);
    ~ConsoleSocket();
    ConsoleSocket(ConsoleSocket&&) = default;
    ConsoleSocket& operator=(ConsoleSocket&&) = delete;

    const std::string& path() const { return m_path; }
    /// What was sent, after hull has ended; fails at once when nothing was.
    Result<UniqueFd> receive() const;

private:
    ConsoleSocket(std::string path, UniqueFd listener) : m_path(std::move(path)), m_listener(std::move(listener)) { }

    std::string m_path;
    UniqueFd m_listener;
};

} // namespace twinhull
