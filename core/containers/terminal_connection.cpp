// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/terminal_connection.h"

#include "core/containers/monitor_socket.h"

#include <QPointer>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull {

namespace {

/// Small: a socket that is not full takes it whole.
Result<> sendRequest(const UniqueFd& socket, const MonitorRequest& request)
{
    const std::string line = encodeMonitorRequest(request);
    const ssize_t count = ::send(socket.fd(), line.data(), line.size(), MSG_NOSIGNAL);
    if (count == static_cast<ssize_t>(line.size()))
        return {};
    return Error::fromErrno(count < 0 ? errno : EAGAIN, "ask the container's monitor");
}

} // namespace

Result<std::unique_ptr<TerminalConnection>> TerminalConnection::open(
    const std::string& runtimeFolder, const TerminalSize& size)
{
    auto socket = knockAtMonitor(runtimeFolder);
    if (!socket)
        return std::move(socket).error();
    if (auto asked = sendRequest(*socket, { MonitorVerb::Attach, 0, 0, size }); !asked)
        return std::move(asked).error();
    return std::unique_ptr<TerminalConnection>(new TerminalConnection(runtimeFolder, *std::move(socket)));
}

TerminalConnection::TerminalConnection(std::string runtimeFolder, UniqueFd socket)
    : m_runtimeFolder(std::move(runtimeFolder))
    , m_socket(std::move(socket))
    , m_readable(m_socket.fd(), QSocketNotifier::Read)
    , m_writable(m_socket.fd(), QSocketNotifier::Write)
{
    m_writable.setEnabled(false);
    connect(&m_readable, &QSocketNotifier::activated, this, &TerminalConnection::onReadable);
    connect(&m_writable, &QSocketNotifier::activated, this, &TerminalConnection::flush);
}

void TerminalConnection::type(const QByteArray& bytes)
{
    m_typed += bytes;
    if (m_isAttached)
        flush();
}

Result<> TerminalConnection::resize(const TerminalSize& size) const
{
    auto socket = knockAtMonitor(m_runtimeFolder); // ours carries keystrokes only
    return socket ? sendRequest(*socket, { MonitorVerb::Resize, 0, 0, size }) : std::move(socket).error();
}

void TerminalConnection::onReadable()
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
    if ((m_isAttached || takeReply(bytes)) && !bytes.isEmpty())
        Q_EMIT received(bytes);
}

/// False until the reply is whole; what stands behind it is left in `bytes`.
bool TerminalConnection::takeReply(QByteArray& bytes)
{
    m_reply += bytes;
    const auto end = m_reply.indexOf('\n');
    if (end < 0 && static_cast<std::size_t>(m_reply.size()) <= kMonitorReplyLimitBytes)
        return false;
    const auto reply
        = decodeMonitorReply({ m_reply.constData(), static_cast<std::size_t>(std::max<qsizetype>(end, 0)) });
    if (!reply) {
        const QPointer<TerminalConnection> alive(this); // a receiver may let go of us
        Q_EMIT refused(reply.error());
        if (alive)
            ::shutdown(m_socket.fd(), SHUT_RDWR); // closed() follows
        return false;
    }
    bytes = m_reply.mid(end + 1);
    m_reply.clear();
    m_isAttached = true;
    flush();
    return true;
}

void TerminalConnection::flush()
{
    while (!m_typed.isEmpty()) {
        const ssize_t count = ::send(
            m_socket.fd(), m_typed.constData(), static_cast<std::size_t>(m_typed.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            m_typed.clear(); // hung up: told by onReadable()
        if (count < 0)
            break;
        m_typed.remove(0, static_cast<qsizetype>(count));
    }
    m_writable.setEnabled(!m_typed.isEmpty());
}

} // namespace twinhull
