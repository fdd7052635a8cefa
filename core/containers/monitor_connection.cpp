// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/monitor_connection.h"

#include "core/containers/monitor_socket.h"

#include <QPointer>

#include <unistd.h>

#include <array>
#include <cerrno>

namespace twinhull {

Result<std::unique_ptr<MonitorConnection>> MonitorConnection::open(const std::string& runtimeFolder)
{
    auto socket = knockAtMonitor(runtimeFolder);
    if (!socket)
        return std::move(socket).error();
    auto connection = std::unique_ptr<MonitorConnection>(new MonitorConnection(*std::move(socket)));
    if (auto watched = connection->watch(); !watched)
        return std::move(watched).error();
    return connection;
}

MonitorConnection::MonitorConnection(UniqueFd socket) : m_socket(std::move(socket)) { }

MonitorConnection::~MonitorConnection()
{
    m_readable->remove(m_watched);
}

Result<> MonitorConnection::watch()
{
    auto watched = m_readable->add(m_socket.fd(), [this] { onReadable(); });
    if (!watched)
        return std::move(watched).error();
    m_watched = *watched;
    return {};
}

Result<> MonitorConnection::send(const MonitorRequest& request)
{
    return askMonitor(m_socket, request);
}

void MonitorConnection::onReadable()
{
    std::array<char, 8192> bytes{};
    const ssize_t count = ::read(m_socket.fd(), bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    const QPointer<MonitorConnection> alive(this); // a receiver may let go of us
    if (count <= 0) {
        m_readable->remove(m_watched);
        Q_EMIT closed();
        return;
    }
    m_lines.append(std::string_view(bytes.data(), static_cast<std::size_t>(count)));
    while (alive) {
        const auto line = m_lines.takeLine();
        if (!line)
            return;
        Q_EMIT received(decodeMonitorReply(*line));
    }
}

} // namespace twinhull
