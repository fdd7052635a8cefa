// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/descriptor_passing.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <string>

namespace twinhull::test {

/// The receiving end of --console-socket, as runc's terminals.md describes it: one message, one descriptor.
class ConsoleSocket {
public:
    explicit ConsoleSocket(const std::string& path) : m_socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        isListening = ::bind(m_socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            && ::listen(m_socket.fd(), 4) == 0;
    }

    /// The master that was sent; empty when none is there.
    UniqueFd receive() const
    {
        pollfd wait{ m_socket.fd(), POLLIN, 0 };
        if (::poll(&wait, 1, 30'000) != 1)
            return {};
        const UniqueFd connection(::accept4(m_socket.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        char text[64];
        auto received = receiveWithDescriptor(connection, text, sizeof text);
        return received ? std::move(received->descriptor) : UniqueFd();
    }

    bool isListening = false;

private:
    UniqueFd m_socket;
};

/// Reads until `text` has come, the other end is gone or half a minute has passed; returns all that was read.
inline std::string readUntil(const UniqueFd& master, const std::string& text)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    std::string all;
    while (all.find(text) == std::string::npos && std::chrono::steady_clock::now() < deadline) {
        pollfd wait{ master.fd(), POLLIN, 0 };
        char buffer[1024];
        const ssize_t count = ::poll(&wait, 1, 1000) == 1 ? ::read(master.fd(), buffer, sizeof buffer) : 0;
        if (count < 0)
            break; // EIO: nobody holds the other end any more
        all.append(buffer, static_cast<std::size_t>(count));
    }
    return all;
}

} // namespace twinhull::test
