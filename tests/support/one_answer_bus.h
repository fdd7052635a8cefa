// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/runtime/cgroups/systemd/dbus_message.h"

#include <QTemporaryDir>

#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <thread>

namespace twinhull::test {

/// A message bus that takes one client and says `answers` to it at once, whatever it asks.
class OneAnswerBus {
public:
    enum Then { Wait, HangUp };

    explicit OneAnswerBus(std::string answers, Then then = Wait) : m_answers(std::move(answers)), m_then(then)
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path().copy(address.sun_path, path().size());
        m_listener.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        isReady = ::bind(m_listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            && ::listen(m_listener.fd(), 1) == 0;
        m_thread = std::thread([this] { serve(); });
    }
    ~OneAnswerBus()
    {
        (void)::shutdown(m_listener.fd(), SHUT_RDWR); // nobody may have come
        m_thread.join();
    }
    OneAnswerBus(const OneAnswerBus&) = delete;
    OneAnswerBus& operator=(const OneAnswerBus&) = delete;

    std::string path() const { return m_folder.path().toStdString() + "/bus"; }
    bool isReady = false;

private:
    void serve() const
    {
        const UniqueFd client(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        (void)::send(client.fd(), m_answers.data(), m_answers.size(), MSG_NOSIGNAL);
        char dropped[512];
        while (m_then == Wait && ::recv(client.fd(), dropped, sizeof dropped, 0) > 0) { }
    }

    QTemporaryDir m_folder;
    std::string m_answers;
    Then m_then;
    UniqueFd m_listener;
    std::thread m_thread;
};

inline std::string answerTo(
    std::uint32_t serial, runtime::DBusKind kind = runtime::DBusKind::Answer, const std::string& error = {})
{
    return runtime::encodeMessage({ kind, 100 + serial, serial, {}, {}, {}, error, {}, {}, {} });
}

/// What a bus says before the first message.
inline const std::string kAccepted = "DATA\r\nOK 0123456789abcdef\r\n";

} // namespace twinhull::test
