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

/// The guest's end of the agent's port. While no host is connected poll(2) says POLLHUP without end, so the fd belongs
/// into an edge-triggered epoll.
class AgentPort {
public:
    static Result<AgentPort> open(const std::string& devicePath);

    int fd() const { return m_fd.fd(); }
    void readWhatCame(); ///< never blocks
    std::optional<std::string> takeLine() { return m_lines.takeLine(); }
    void send(const std::string& line);
    void writeWhatWaits(); ///< never blocks; what waits for a host that hung up is dropped

private:
    explicit AgentPort(UniqueFd fd);

    UniqueFd m_fd;
    LineBuffer m_lines;
    std::string m_output;
};

} // namespace twinhull
