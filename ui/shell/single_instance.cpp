// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/single_instance.h"

#include "core/base/files.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr qint64 kLongestRequest = 4096;
constexpr timeval kPatience{ 3, 0 };

std::string socketPath(const std::string& folder)
{
    return folder + "/window.sock";
}

Error notAnswering(int sysErrno)
{
    return { ErrorCode::Unknown, "Twinhull runs already, but its window does not answer", sysErrno,
        "Wait a moment and try again, or end that program" };
}

bool isOwnUser(qintptr socket)
{
    ucred peer{};
    socklen_t length = sizeof peer;
    return ::getsockopt(static_cast<int>(socket), SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
        && (peer.uid == ::geteuid() || peer.uid == 0);
}

Result<UniqueFd> connectTo(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return Error{ ErrorCode::InvalidArgument, "the path of the runtime folder is too long", 0, {} };
    std::memcpy(address.sun_path, path.c_str(), path.size());
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience); // connect(2) waits so long too
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return notAnswering(errno);
    return socket;
}

} // namespace

SingleInstance::SingleInstance(const std::string& folder, QObject* parent) : QObject(parent), m_folder(folder)
{
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::accept);
}

Result<SingleInstance::Role> SingleInstance::claim(const WindowRequest& request)
{
    if (auto made = makeFolders(m_folder); !made)
        return std::move(made).error();
    auto lock = openPath(m_folder + "/window.lock", O_RDWR | O_CREAT);
    if (!lock)
        return std::move(lock).error();
    if (::flock(lock->fd(), LOCK_EX | LOCK_NB) != 0) {
        auto told = tellFirst(request);
        return told ? Result<Role>(Role::Later) : std::move(told).error();
    }
    m_lock = std::move(*lock);
    if (auto listening = listen(); !listening)
        return std::move(listening).error();
    return Role::First;
}

Result<> SingleInstance::listen()
{
    const QString path = QString::fromStdString(socketPath(m_folder));
    QLocalServer::removeServer(path); // of a program that was killed: the lock says that nobody listens
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    if (!m_server.listen(path))
        return Error{ ErrorCode::Unknown,
            "listen on " + path.toStdString() + ": " + m_server.errorString().toStdString(), 0, {} };
    return {};
}

Result<> SingleInstance::tellFirst(const WindowRequest& request) const
{
    auto socket = connectTo(socketPath(m_folder));
    if (!socket)
        return std::move(socket).error();
    const QJsonObject message{ { QStringLiteral("page"), request.page },
        { QStringLiteral("workload"), request.workload } };
    const QByteArray line = QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n';
    if (auto written = writeAll(*socket, { line.constData(), static_cast<std::size_t>(line.size()) }); !written)
        return std::move(written).error();
    char reply = 0;
    const auto count = ::read(socket->fd(), &reply, 1);
    return count == 1 ? Result<>() : notAnswering(count < 0 ? errno : 0);
}

void SingleInstance::accept()
{
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        if (!isOwnUser(socket->socketDescriptor())) {
            socket->abort();
            continue;
        }
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] { answer(*socket); });
        answer(*socket);
    }
}

void SingleInstance::answer(QLocalSocket& socket)
{
    if (!socket.canReadLine()) {
        if (socket.bytesAvailable() > kLongestRequest)
            socket.abort();
        return;
    }
    const QJsonObject message = QJsonDocument::fromJson(socket.readLine(kLongestRequest)).object();
    socket.write("\n");
    socket.flush(); // it waits
    socket.disconnectFromServer();
    Q_EMIT requested(message[u"page"].toString(), message[u"workload"].toString());
}

} // namespace twinhull
