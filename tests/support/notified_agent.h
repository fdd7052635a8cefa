// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/descriptor_passing.h"

#include <linux/seccomp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace twinhull::test {

/// What listens at linux.seccomp.listenerPath (seccomp_unotify(2)): lets every call that it is asked about happen,
/// except mkdir, which fails with a number that nothing else gives. Works in a thread of its own until it goes.
class NotifiedAgent {
public:
    static constexpr int kAnswer = EXFULL; ///< "Exchange full"

    explicit NotifiedAgent(const std::string& path)
        : m_socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), m_end(::eventfd(0, EFD_CLOEXEC))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        isListening = ::bind(m_socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            && ::listen(m_socket.fd(), 4) == 0;
        m_thread = std::thread([this] { work(); });
    }
    ~NotifiedAgent()
    {
        const std::uint64_t one = 1;
        (void)!::write(m_end.fd(), &one, sizeof one);
        m_thread.join();
    }
    NotifiedAgent(const NotifiedAgent&) = delete;
    NotifiedAgent& operator=(const NotifiedAgent&) = delete;

    /// One for each listener that came.
    std::vector<std::string> states() const
    {
        const std::lock_guard lock(m_mutex);
        return m_states;
    }
    /// The numbers of the calls that it was asked about.
    std::set<int> asked() const
    {
        const std::lock_guard lock(m_mutex);
        return m_asked;
    }

    bool isListening = false;

private:
    void work()
    {
        std::vector<UniqueFd> listeners;
        while (true) {
            std::vector<pollfd> waits{ { m_end.fd(), POLLIN, 0 }, { m_socket.fd(), POLLIN, 0 } };
            for (const auto& listener : listeners)
                waits.push_back({ listener.fd(), POLLIN, 0 });
            if (::poll(waits.data(), waits.size(), -1) < 0 || waits[0].revents != 0)
                return;
            for (std::size_t index = 2; index < waits.size(); ++index) {
                if ((waits[index].revents & POLLIN) != 0)
                    answer(listeners[index - 2].fd());
                else if (waits[index].revents != 0) // the last process of that filter has ended
                    listeners[index - 2].reset();
            }
            listeners.erase(std::remove_if(listeners.begin(), listeners.end(), [](const auto& fd) { return !fd; }),
                listeners.end());
            if (waits[1].revents != 0)
                take(listeners);
        }
    }

    void take(std::vector<UniqueFd>& listeners)
    {
        const UniqueFd connection(::accept4(m_socket.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        char text[8192];
        auto received = receiveWithDescriptor(connection, text, sizeof text);
        if (!received || !received->descriptor)
            return;
        listeners.push_back(std::move(received->descriptor));
        const std::lock_guard lock(m_mutex);
        m_states.emplace_back(text, received->count);
    }

    void answer(int listener)
    {
        seccomp_notif question{};
        if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &question) != 0)
            return; // whoever asked has ended
        seccomp_notif_resp response{};
        response.id = question.id;
        const bool isMkdir = question.data.nr == SYS_mkdir || question.data.nr == SYS_mkdirat;
        response.error = isMkdir ? -kAnswer : 0;
        response.flags = isMkdir ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        (void)::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response); // as above
        const std::lock_guard lock(m_mutex);
        m_asked.insert(question.data.nr);
    }

    UniqueFd m_socket;
    UniqueFd m_end;
    mutable std::mutex m_mutex;
    std::vector<std::string> m_states;
    std::set<int> m_asked;
    std::thread m_thread;
};

} // namespace twinhull::test
