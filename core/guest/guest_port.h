// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/line_buffer.h"

#include <optional>
#include <string>

namespace twinhull {

/// Device path of the virtio-serial port with that name, below `sysPorts` (/sys/class/virtio-ports).
Result<std::string> portByName(const std::string& sysPorts, const std::string& name);

/// The guest's end of a port: lines in, lines out, never blocking. While no host is connected poll(2) says POLLHUP
/// without end, so the fd belongs into an edge-triggered epoll.
class GuestPort {
public:
    enum class Read {
        Came, ///< there may be more
        Nothing, ///< all that is there has been read
        HungUp, ///< who was connected is no longer; what waited to be written is dropped
    };

    /// Longer lines are dropped, and so is what is to be sent while `lineLimitBytes` wait.
    static Result<GuestPort> open(const std::string& devicePath, std::size_t lineLimitBytes);
    /// For a descriptor that does not block.
    GuestPort(UniqueFd fd, std::size_t lineLimitBytes);

    const UniqueFd& fd() const { return m_fd; }
    Read read(); ///< a piece
    std::optional<std::string> takeLine() { return m_lines.takeLine(); }
    void send(const std::string& line);
    bool hasOutput() const { return !m_output.empty(); }
    void writeWhatWaits(); ///< as far as the host takes it

private:
    UniqueFd m_fd;
    std::size_t m_limit;
    LineBuffer m_lines;
    std::string m_output;
    bool m_isConnected = false; ///< the driver has let it be seen since the last hang-up
};

} // namespace twinhull
