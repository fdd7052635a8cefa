// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/monitor_connection.h"

#include "core/base/files.h"

#include <QPointer>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull {

namespace {

Result<UniqueFd> openOwnFolder(const std::string& path)
{
    auto folder = openPath(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (!folder)
        return folder;
    struct stat info { };
    if (::fstat(folder->fd(), &info) != 0)
        return Error::fromErrno(errno, path);
    if (info.st_uid != ::geteuid())
        return Error{ ErrorCode::PermissionDenied, path + " belongs to somebody else", 0, "Remove that folder" };
    return folder;
}

} // namespace

Result<std::unique_ptr<MonitorConnection>> MonitorConnection::open(const std::string& runtimeFolder)
{
    auto folder = openOwnFolder(runtimeFolder);
    if (!folder)
        return std::move(folder).error();
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket)
        return Error::fromErrno(errno, "make socket");
    // Through the folder's descriptor: sun_path has 108 bytes (unix(7)) and a folder may be deeper.
    const std::string path = "/proc/self/fd/" + std::to_string(folder->fd()) + "/" + kMonitorSocketName;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, "knock at " + runtimeFolder + "/" + kMonitorSocketName);
    return std::unique_ptr<MonitorConnection>(new MonitorConnection(std::move(socket)));
}

MonitorConnection::MonitorConnection(UniqueFd socket)
    : m_socket(std::move(socket)), m_notifier(m_socket.fd(), QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &MonitorConnection::onReadable);
}

Result<> MonitorConnection::send(const MonitorRequest& request)
{
    const std::string line = encodeMonitorRequest(request); // small: a socket that is not full takes it whole
    const ssize_t count = ::send(m_socket.fd(), line.data(), line.size(), MSG_NOSIGNAL);
    if (count == static_cast<ssize_t>(line.size()))
        return {};
    return Error::fromErrno(count < 0 ? errno : EAGAIN, "ask the container's monitor");
}

void MonitorConnection::onReadable()
{
    std::array<char, 8192> bytes{};
    const ssize_t count = ::read(m_socket.fd(), bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    const QPointer<MonitorConnection> alive(this); // a receiver may let go of us
    if (count <= 0) {
        m_notifier.setEnabled(false);
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
