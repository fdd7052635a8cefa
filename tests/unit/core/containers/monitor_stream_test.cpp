// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/input_connection.h"
#include "core/containers/monitor_socket.h"
#include "core/containers/terminal_connection.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>

using namespace twinhull;

/// Somebody at a terminal and somebody who passes input, before a monitor of the test's own.
class MonitorStreamTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        const std::string path = runtimeFolder() + "/" + kMonitorSocketName;
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        QVERIFY(path.size() < sizeof address.sun_path);
        std::copy(path.begin(), path.end(), address.sun_path);
        m_listener.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        QCOMPARE(::bind(m_listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(::listen(m_listener.fd(), 1), 0);
    }

    void keepsWhatIsTypedUntilItIsAccepted()
    {
        auto terminal = TerminalConnection::open(runtimeFolder(), { 80, 24 });
        QVERIFY(terminal);
        QByteArray shown;
        connect(terminal->get(), &TerminalConnection::received, this, [&](const QByteArray& bytes) { shown += bytes; });
        const UniqueFd monitor = accepted();
        QVERIFY(firstLine(monitor).contains("attach"));
        (*terminal)->type("ls\n");
        std::array<char, 16> none{};
        QCOMPARE(::recv(monitor.fd(), none.data(), none.size(), MSG_DONTWAIT), ssize_t{ -1 });
        const QByteArray reply = QByteArray::fromStdString(encodeMonitorReply(MonitorStatus{}));
        say(monitor, reply.left(5));
        QTest::qWait(0);
        say(monitor, reply.mid(5) + "prompt"); // what it showed lately follows at once
        QTRY_COMPARE(shown, QByteArray("prompt"));
        QCOMPARE(firstLine(monitor), QByteArray("ls"));
        QSignalSpy closed(terminal->get(), &TerminalConnection::closed);
        ::shutdown(monitor.fd(), SHUT_RDWR);
        QTRY_COMPARE(closed.count(), 1);
    }

    void isRefusedOnceAndThenClosed()
    {
        auto terminal = TerminalConnection::open(runtimeFolder(), {});
        QVERIFY(terminal);
        QSignalSpy refused(terminal->get(), &TerminalConnection::refused);
        QSignalSpy closed(terminal->get(), &TerminalConnection::closed);
        QSignalSpy received(terminal->get(), &TerminalConnection::received);
        const UniqueFd monitor = accepted();
        const Error none{ ErrorCode::Unsupported, "it has no terminal", 0, {} };
        const QByteArray noise(40'000, '\n'); // more than is read at once
        say(monitor, QByteArray::fromStdString(encodeMonitorReply(none)) + noise);
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(refused.count(), 1);
        QCOMPARE(refused[0][0].value<Error>().message, none.message);
        QCOMPARE(received.count(), 0);
    }

    void passesInputUntilItsEnd()
    {
        auto input = InputConnection::open(runtimeFolder());
        QVERIFY(input);
        QSignalSpy wanted(input->get(), &InputConnection::wanted);
        const UniqueFd monitor = accepted();
        QVERIFY(firstLine(monitor).contains("feed"));
        say(monitor, QByteArray::fromStdString(encodeMonitorReply(MonitorStatus{})));
        QTRY_COMPARE(wanted.count(), 1);
        const QByteArray much(1'000'000, 'x'); // more than a socket holds
        QVERIFY(!(*input)->pass(much));
        qsizetype come = 0;
        QTRY_VERIFY((come += taken(monitor), wanted.count() == 2));
        (*input)->end();
        ssize_t count = 0;
        std::array<char, 65536> bytes{};
        while ((count = ::read(monitor.fd(), bytes.data(), bytes.size())) > 0)
            come += count;
        QCOMPARE(count, ssize_t{ 0 }); // its end, and nothing was lost
        QCOMPARE(come, much.size());
    }

private:
    std::string runtimeFolder() const { return m_folder->path().toStdString(); }
    UniqueFd accepted() const { return UniqueFd(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_CLOEXEC)); }

    static void say(const UniqueFd& monitor, const QByteArray& bytes)
    {
        QCOMPARE(::send(monitor.fd(), bytes.constData(), static_cast<std::size_t>(bytes.size()), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
    }
    static QByteArray firstLine(const UniqueFd& monitor)
    {
        QByteArray line;
        char c = 0;
        while (::read(monitor.fd(), &c, 1) == 1 && c != '\n')
            line += c;
        return line;
    }
    static qsizetype taken(const UniqueFd& monitor)
    {
        std::array<char, 65536> bytes{};
        qsizetype all = 0;
        ssize_t count = 0;
        while ((count = ::recv(monitor.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0)
            all += count;
        return all;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    UniqueFd m_listener;
};

QTEST_GUILESS_MAIN(MonitorStreamTest)
#include "monitor_stream_test.moc"
