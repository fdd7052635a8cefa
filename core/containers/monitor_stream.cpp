// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/monitor_stream.h"

#include "core/containers/monitor_socket.h"

#include <QPointer>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull {

Result<UniqueFd> MonitorStream::openFor(const MonitorRequest& request, const std::string& runtimeFolder)
{
    auto socket = knockAtMonitor(runtimeFolder);
    if (!socket)
        return socket;
    auto asked = askMonitor(*socket, request);
    return asked ? std::move(socket) : std::move(asked).error();
}

MonitorStream::MonitorStream(UniqueFd socket)
    : m_socket(std::move(socket))
    , m_readable(m_socket.fd(), QSocketNotifier::Read)
    , m_writable(m_socket.fd(), QSocketNotifier::Write)
{
    m_writable.setEnabled(false);
    connect(&m_readable, &QSocketNotifier::activated, this, &MonitorStream::onReadable);
    connect(&m_writable, &QSocketNotifier::activated, this, [this] {
        if (flush())
            onDrained();
    });
}

void MonitorStream::onReadable()
{
    std::array<char, 16384> buffer{};
    const ssize_t count = ::read(m_socket.fd(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        m_readable.setEnabled(false);
        m_writable.setEnabled(false);
        Q_EMIT closed();
        return;
    }
    QByteArray bytes(buffer.data(), static_cast<qsizetype>(count));
    const QPointer<MonitorStream> alive(this); // a receiver may let go of us
    if ((isAccepted() || takeReply(bytes)) && alive && !bytes.isEmpty())
        onReceived(bytes);
}

/// False until the reply is whole and good; what stands behind it is left in `bytes`.
bool MonitorStream::takeReply(QByteArray& bytes)
{
    if (m_state == State::Refused)
        return false;
    m_reply += bytes;
    const auto end = m_reply.indexOf('\n');
    if (end < 0 && static_cast<std::size_t>(m_reply.size()) <= kMonitorReplyLimitBytes)
        return false;
    const auto reply
        = decodeMonitorReply({ m_reply.constData(), static_cast<std::size_t>(std::max<qsizetype>(end, 0)) });
    m_state = reply ? State::Accepted : State::Refused;
    if (!reply) {
        const QPointer<MonitorStream> alive(this);
        Q_EMIT refused(reply.error());
        if (alive)
            ::shutdown(m_socket.fd(), SHUT_RDWR); // closed() follows
        return false;
    }
    bytes = m_reply.mid(end + 1);
    m_reply.clear();
    onAccepted();
    return true;
}

bool MonitorStream::flush()
{
    qsizetype taken = 0;
    while (taken < m_unsent.size()) {
        const ssize_t count = ::send(m_socket.fd(), m_unsent.constData() + taken,
            static_cast<std::size_t>(m_unsent.size() - taken), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            taken = m_unsent.size(); // hung up: told by onReadable()
        if (count < 0)
            break;
        taken += static_cast<qsizetype>(count);
    }
    m_unsent.remove(0, taken);
    m_writable.setEnabled(!m_unsent.isEmpty());
    return m_unsent.isEmpty();
}

void MonitorStream::endSending()
{
    ::shutdown(m_socket.fd(), SHUT_WR); // once is as good as twice
}

} // namespace twinhull
