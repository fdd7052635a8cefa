// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/input_connection.h"

#include "core/containers/monitor_socket.h"

#include <QPointer>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace twinhull {

Result<std::unique_ptr<InputConnection>> InputConnection::open(const std::string& runtimeFolder)
{
    auto socket = knockAtMonitor(runtimeFolder);
    if (!socket)
        return std::move(socket).error();
    MonitorRequest request;
    request.verb = MonitorVerb::Feed;
    const std::string line = encodeMonitorRequest(request); // small: a socket that is not full takes it whole
    const ssize_t count = ::send(socket->fd(), line.data(), line.size(), MSG_NOSIGNAL);
    if (count != static_cast<ssize_t>(line.size()))
        return Error::fromErrno(count < 0 ? errno : EAGAIN, "ask the container's monitor");
    return std::unique_ptr<InputConnection>(new InputConnection(*std::move(socket)));
}

InputConnection::InputConnection(UniqueFd socket)
    : m_socket(std::move(socket))
    , m_readable(m_socket.fd(), QSocketNotifier::Read)
    , m_writable(m_socket.fd(), QSocketNotifier::Write)
{
    m_writable.setEnabled(false);
    connect(&m_readable, &QSocketNotifier::activated, this, &InputConnection::onReadable);
    connect(&m_writable, &QSocketNotifier::activated, this, &InputConnection::flush);
}

/// The reply, and then nothing but the end.
void InputConnection::onReadable()
{
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(m_socket.fd(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        m_readable.setEnabled(false);
        m_writable.setEnabled(false);
        Q_EMIT closed();
        return;
    }
    const bool isKnown = m_reply.contains('\n');
    if (static_cast<std::size_t>(m_reply.size()) <= kMonitorReplyLimitBytes)
        m_reply.append(buffer.data(), static_cast<qsizetype>(count));
    const auto end = m_reply.indexOf('\n');
    if (isKnown || (end < 0 && static_cast<std::size_t>(m_reply.size()) <= kMonitorReplyLimitBytes))
        return;
    const auto reply = decodeMonitorReply({ m_reply.constData(), static_cast<std::size_t>(end < 0 ? 0 : end) });
    if (reply) {
        Q_EMIT wanted();
        return;
    }
    const QPointer<InputConnection> alive(this); // a receiver may let go of us
    Q_EMIT refused(reply.error());
    if (alive)
        ::shutdown(m_socket.fd(), SHUT_RDWR); // closed() follows
}

bool InputConnection::pass(const QByteArray& bytes)
{
    m_bytes += bytes;
    flush();
    return m_bytes.isEmpty();
}

void InputConnection::end()
{
    m_isEnding = true;
    flush();
}

void InputConnection::flush()
{
    const bool hadSome = !m_bytes.isEmpty();
    qsizetype taken = 0;
    while (taken < m_bytes.size()) {
        const ssize_t count = ::send(m_socket.fd(), m_bytes.constData() + taken,
            static_cast<std::size_t>(m_bytes.size() - taken), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            taken = m_bytes.size(); // hung up: told by onReadable()
        if (count < 0)
            break;
        taken += static_cast<qsizetype>(count);
    }
    m_bytes.remove(0, taken);
    const bool wasWaiting = m_writable.isEnabled();
    m_writable.setEnabled(!m_bytes.isEmpty());
    if (!m_bytes.isEmpty())
        return;
    if (m_isEnding)
        ::shutdown(m_socket.fd(), SHUT_WR); // once is as good as twice
    else if (hadSome && wasWaiting)
        Q_EMIT wanted();
}

} // namespace twinhull
