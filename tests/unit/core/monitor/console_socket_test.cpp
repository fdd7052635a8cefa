// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/console_socket.h"

#include "core/base/descriptor_passing.h"
#include "core/base/files.h"
#include "tests/support/raw_rights.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/un.h>

using namespace twinhull;
using namespace twinhull::test;

/// The monitor's side of a terminal's way to it, with peers that are not hull.
class ConsoleSocketTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/thXXXXXX"));
        m_terminal.reset(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
        QVERIFY(m_terminal);
    }

    void takesTheTerminal()
    {
        auto socket = ConsoleSocket::listen(path());
        QVERIFY(socket);
        const UniqueFd hull = connected();
        QVERIFY(sendWithDescriptor(hull, "/dev/ptmx", m_terminal.fd()));
        auto received = socket->receive();
        QVERIFY(received);
        QCOMPARE(::isatty(received->fd()), 1);
    }

    void saysThatNobodyCame()
    {
        auto socket = ConsoleSocket::listen(path());
        QVERIFY(socket);
        QVERIFY(!socket->receive());
    }

    void doesNotWaitForOneWhoSaysNothing()
    {
        auto socket = ConsoleSocket::listen(path());
        const UniqueFd silent = connected();
        QVERIFY(socket && !socket->receive());
    }

    void refusesOneWhoHangsUp()
    {
        auto socket = ConsoleSocket::listen(path());
        QVERIFY(connected());
        auto received = socket->receive();
        QVERIFY(!received);
        QCOMPARE(received.error().code, ErrorCode::Corrupt);
    }

    void refusesWordsWithoutATerminal()
    {
        auto socket = ConsoleSocket::listen(path());
        const UniqueFd hull = connected();
        QVERIFY(sendWithDescriptor(hull, "/dev/ptmx", -1));
        QVERIFY(!socket->receive());
    }

    void refusesTwoTerminalsAndKeepsNone()
    {
        auto socket = ConsoleSocket::listen(path());
        const UniqueFd hull = connected();
        const qsizetype before = openDescriptors();
        QVERIFY(sendRights(hull, "/dev/ptmx", { m_terminal.fd(), m_terminal.fd() }));
        QVERIFY(!socket->receive());
        QCOMPARE(openDescriptors(), before);
    }

    void takesThePlaceOfAMonitorThatWasKilled()
    {
        QVERIFY(writeFileAtomically(path(), "what it left", 0600));
        auto socket = ConsoleSocket::listen(path());
        QVERIFY(socket && connected());
    }

    void leavesNoPathBehind()
    {
        {
            auto socket = ConsoleSocket::listen(path());
            const ConsoleSocket moved = *std::move(socket);
            QVERIFY(exists(path()));
        }
        QVERIFY(!exists(path()));
    }

    void namesAPathThatIsTooLong()
    {
        auto socket = ConsoleSocket::listen(path() + std::string(100, 'x'));
        QVERIFY(!socket);
        QCOMPARE(socket.error().sysErrno, ENAMETOOLONG);
        QVERIFY(!socket.error().hint.empty());
    }

private:
    std::string path() const { return m_folder->filePath(QStringLiteral("console")).toStdString(); }
    UniqueFd connected() const
    {
        UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path().copy(address.sun_path, sizeof address.sun_path - 1);
        if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            socket.reset();
        return socket;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    UniqueFd m_terminal;
};

QTEST_GUILESS_MAIN(ConsoleSocketTest)
#include "console_socket_test.moc"
