// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/descriptor_passing.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace twinhull::test {

/// What stands behind NOTIFY_SOCKET for a service (sd_notify(3)): keeps each message, and closes what came with it,
/// which is how a barrier is answered. Works in a thread of its own until it goes.
class ReadyListener {
public:
    explicit ReadyListener(const std::string& path)
        : m_socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)), m_end(::eventfd(0, EFD_CLOEXEC))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        isListening = ::bind(m_socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            && ::chmod(path.c_str(), 0777) == 0;
        m_thread = std::thread([this] { work(); });
    }
    ~ReadyListener()
    {
        const std::uint64_t one = 1;
        (void)!::write(m_end.fd(), &one, sizeof one);
        m_thread.join();
    }
    ReadyListener(const ReadyListener&) = delete;
    ReadyListener& operator=(const ReadyListener&) = delete;

    std::vector<std::string> messages() const
    {
        const std::lock_guard lock(m_mutex);
        return m_messages;
    }

    bool isListening = false;

private:
    void work()
    {
        std::array<pollfd, 2> polls{ pollfd{ m_socket.fd(), POLLIN, 0 }, pollfd{ m_end.fd(), POLLIN, 0 } };
        while (::poll(polls.data(), polls.size(), -1) > 0 && (polls[1].revents & POLLIN) == 0) {
            char text[4096];
            auto received = receiveWithDescriptor(m_socket, text, sizeof text);
            const std::lock_guard lock(m_mutex);
            m_messages.push_back(received ? std::string(text, received->count) : received.error().message);
        }
    }

    UniqueFd m_socket;
    UniqueFd m_end;
    mutable std::mutex m_mutex;
    std::vector<std::string> m_messages;
    std::thread m_thread;
};

} // namespace twinhull::test
