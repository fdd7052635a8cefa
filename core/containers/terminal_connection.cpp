// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/terminal_connection.h"

#include "core/containers/monitor_socket.h"

namespace twinhull {

Result<std::unique_ptr<TerminalConnection>> TerminalConnection::open(
    const std::string& runtimeFolder, const TerminalSize& size)
{
    auto socket = openFor({ MonitorVerb::Attach, 0, 0, size }, runtimeFolder);
    if (!socket)
        return std::move(socket).error();
    return std::unique_ptr<TerminalConnection>(new TerminalConnection(runtimeFolder, *std::move(socket)));
}

TerminalConnection::TerminalConnection(std::string runtimeFolder, UniqueFd socket)
    : MonitorStream(std::move(socket)), m_runtimeFolder(std::move(runtimeFolder))
{
}

void TerminalConnection::type(const QByteArray& bytes)
{
    append(bytes);
    if (isAccepted())
        (void)flush();
}

Result<> TerminalConnection::resize(const TerminalSize& size) const
{
    auto socket = knockAtMonitor(m_runtimeFolder); // ours carries keystrokes only
    return socket ? askMonitor(*socket, { MonitorVerb::Resize, 0, 0, size }) : std::move(socket).error();
}

} // namespace twinhull
