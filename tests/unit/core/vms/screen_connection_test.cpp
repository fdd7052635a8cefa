// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/screen_connection.h"

#include "core/base/files.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cstring>

using namespace twinhull;

namespace {

const QUrl kHere(QStringLiteral("qemu:///session"));

ScreenDescription screenAt(const char* host, int port)
{
    ScreenDescription one;
    one.host = QString::fromLatin1(host);
    one.port = port;
    one.screen.address = QStringLiteral("%1:%2").arg(one.host).arg(port);
    return one;
}

/// Says hello to whoever connects first.
std::string greeted(const UniqueFd& listener, const UniqueFd& client)
{
    const UniqueFd served(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (::send(served.fd(), "hello", 5, MSG_NOSIGNAL) != 5)
        return {};
    std::array<char, 5> heard{};
    return ::recv(client.fd(), heard.data(), heard.size(), MSG_WAITALL) == 5 ? std::string(heard.data(), 5)
                                                                             : std::string();
}

UniqueFd listenAtPort(int& port)
{
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd.fd(), reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd.fd(), 1) != 0)
        return {};
    ::getsockname(fd.fd(), reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return fd;
}

} // namespace

class ScreenConnectionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reachesAPort()
    {
        int port = 0;
        const auto listener = listenAtPort(port);
        QVERIFY(listener);
        const auto fd = connectToScreen(screenAt("0.0.0.0", port), kHere);
        QVERIFY2(fd, fd ? "" : fd.error().message.c_str());
        QCOMPARE(::fcntl(fd->fd(), F_GETFL) & O_NONBLOCK, 0);
        QCOMPARE(greeted(listener, *fd), std::string("hello"));
    }

    void reachesASocket()
    {
        const test::TemporaryWorld world;
        const QByteArray path = world.path(QStringLiteral("screen.sock")).toUtf8();
        const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.constData(), static_cast<std::size_t>(path.size()));
        QCOMPARE(::bind(listener.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(::listen(listener.fd(), 1), 0);
        ScreenDescription one;
        one.socketPath = QString::fromUtf8(path);
        const auto fd = connectToScreen(one, kHere);
        QVERIFY(fd);
        QCOMPARE(greeted(listener, *fd), std::string("hello"));
    }

    void namesWhatDoesNotAnswer()
    {
        int port = 0;
        listenAtPort(port).reset(); // nobody is there any more
        const auto fd = connectToScreen(screenAt("127.0.0.1", port), kHere);
        QVERIFY(!fd);
        QVERIFY2(fd.error().message.find("127.0.0.1:" + std::to_string(port)) != std::string::npos,
            fd.error().message.c_str());
    }

    void saysWhyItCannotBeReached()
    {
        const auto nowhere = connectToScreen({}, kHere);
        QVERIFY(!nowhere);
        QVERIFY(!nowhere.error().hint.empty());
        const auto there = connectToScreen(screenAt("127.0.0.1", 5900), QUrl(QStringLiteral("qemu+tls://far/system")));
        QVERIFY(!there);
        QVERIFY2(there.error().hint.find("ssh") != std::string::npos, there.error().hint.c_str());
    }

    /// With an ssh that says what it was asked for: there is no other computer here.
    void goesThroughSshWhereTheConnectionDoes()
    {
        const test::TemporaryWorld world;
        const QString program = world.path(QStringLiteral("ssh"));
        QVERIFY(writeFileAtomically(program.toStdString(), "#!/bin/sh\necho \"$*\"\n", 0755));
        const QByteArray before = qgetenv("PATH");
        qputenv("PATH", world.path().toUtf8() + ':' + before);
        const auto fd
            = connectToScreen(screenAt("127.0.0.1", 5907), QUrl(QStringLiteral("qemu+ssh://me@far:2222/system")));
        qputenv("PATH", before);
        QVERIFY(fd);
        QByteArray said;
        std::array<char, 256> piece{};
        for (ssize_t got = 0; (got = ::read(fd->fd(), piece.data(), piece.size())) > 0;)
            said.append(piece.data(), got);
        QCOMPARE(said, QByteArray("-o BatchMode=yes -W 127.0.0.1:5907 -p 2222 -l me -- far\n"));
    }
};

QTEST_GUILESS_MAIN(ScreenConnectionTest)
#include "screen_connection_test.moc"
