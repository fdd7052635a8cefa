// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/console_socket.h"
#include "tests/support/hull_test.h"

#include <QTest>

#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// A terminal that somebody else holds: what hull-monitor lives on.
class HullConsoleTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (!m_bundle)
            return;
        m_socket = std::make_unique<ConsoleSocket>(socketPath());
        QVERIFY(m_socket->isListening);
        m_bundle->spec.process->terminal = true;
    }
    void cleanup()
    {
        m_socket.reset();
        tearDown();
    }

    void handsTheMasterOverBeforeStart()
    {
        m_bundle->spec.process->consoleSize = oci::ConsoleSize{ 37, 91 };
        m_bundle->setScript("busybox stty size; tty; busybox stty -echo; read word; echo \"heard $word\"");
        QCOMPARE(create("web").exitStatus, 0);
        const UniqueFd master = m_socket->receive();
        QVERIFY(master && ::isatty(master.fd()) == 1);
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        const std::string first = readUntil(master, "/dev/pts/0");
        QVERIFY2(first.find("37 91\r\n/dev/pts/0") != std::string::npos, first.c_str());
        QCOMPARE(::write(master.fd(), "you\n", 4), ssize_t{ 4 });
        const std::string second = readUntil(master, "heard you");
        QVERIFY2(second.find("heard you") != std::string::npos, second.c_str());
    }

    void makesItTheControllingTerminalOfItsOwnSession()
    {
        // fields 5 to 8 of /proc/PID/stat after the name: process group, session, terminal, its foreground group
        m_bundle->setScript("set -- $(cat /proc/1/stat); echo \"ids $5 $6 $8\"; echo by tty > /dev/tty; "
                            "[ $(stat -c %t:%T /dev/console) = $(stat -c %t:%T $(tty)) ] && echo console is ours; "
                            "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all three; sleep 100");
        const UniqueFd master = runDetached("web");
        const std::string text = readUntil(master, "all three");
        QVERIFY2(text.find("ids 1 1 1\r\nby tty\r\nconsole is ours\r\nall three") != std::string::npos, text.c_str());
    }

    void tellsTheProgramOfANewSize()
    {
        m_bundle->setScript("trap 'busybox stty size; exit' WINCH; echo ready; sleep 100 & wait");
        const UniqueFd master = runDetached("web");
        readUntil(master, "ready");
        const winsize size{ 11, 22, 0, 0 };
        QCOMPARE(::ioctl(master.fd(), TIOCSWINSZ, &size), 0);
        const std::string text = readUntil(master, "11 22");
        QVERIFY2(text.find("11 22") != std::string::npos, text.c_str());
    }

    void interruptsByTheTerminalsKey()
    {
        m_bundle->setScript("trap 'echo interrupted; exit' INT; echo ready; sleep 100 & wait");
        const UniqueFd master = runDetached("web");
        readUntil(master, "ready");
        QCOMPARE(::write(master.fd(), "\x03", 1), ssize_t{ 1 });
        const std::string text = readUntil(master, "interrupted");
        QVERIFY2(text.find("interrupted") != std::string::npos, text.c_str());
    }

    void givesTheTerminalToTheProgramsUser()
    {
        m_bundle->spec.process->user = { 77, 78, {}, {} };
        m_bundle->setScript("stat -c %u:%G /dev/pts/0; echo again > /dev/pts/0; sleep 100");
        const UniqueFd master = runDetached("web");
        const std::string text = readUntil(master, "again");
        QVERIFY2(text.find("77:") == 0 && text.find("again") != std::string::npos, text.c_str());
    }

    void runWaitsForAProgramWhoseTerminalIsElsewhere()
    {
        m_bundle->setScript("echo on the terminal; exit 6");
        m_bundle->write();
        const auto output = m_bundle->hull(
            { "run", "--console-socket", socketPath(), "--bundle", m_bundle->path(), m_bundle->nextId() });
        QCOMPARE(output.exitStatus, 6);
        QCOMPARE(output.standardOutput, std::string());
        const std::string text = readUntil(m_socket->receive(), "terminal");
        QVERIFY2(text.find("on the terminal") != std::string::npos, text.c_str());
    }

    void execHandsOverATerminalOfItsOwn()
    {
        m_bundle->spec.process->terminal = false;
        start("web");
        const std::string pidFile = m_bundle->path("/exec.pid");
        const auto done = m_bundle->hullIntoFile({ "exec", "--tty", "--detach", "--pid-file", pidFile,
            "--console-socket", socketPath(), "web", "/bin/sh", "-c", "tty; echo by tty > /dev/tty; read word" });
        QVERIFY2(done.exitStatus == 0, said(done));
        const UniqueFd master = m_socket->receive();
        QVERIFY(master);
        const std::string text = readUntil(master, "by tty");
        QVERIFY2(text.find("/dev/pts/0\r\nby tty") != std::string::npos, text.c_str());
        auto pid = readFile(pidFile);
        QVERIFY(pid);
        QCOMPARE(namespaceOf(*pid), namespaceOf(pidOf("web")));
        QVERIFY(*pid != pidOf("web"));
        QCOMPARE(::write(master.fd(), "\n", 1), ssize_t{ 1 });
        QTRY_VERIFY(!exists("/proc/" + *pid + "/ns/pid"));
    }

    void execDetachesWithoutATerminal()
    {
        m_bundle->spec.process->terminal = false;
        start("web");
        const std::string pidFile = m_bundle->path("/exec.pid");
        const auto done = m_bundle->hullIntoFile({ "exec", "--detach", "--pid-file", pidFile, "web", "sleep", "200" });
        QVERIFY2(done.exitStatus == 0, said(done));
        auto pid = readFile(pidFile);
        QVERIFY(pid);
        QCOMPARE(namespaceOf(*pid), namespaceOf(pidOf("web")));
        auto name = readFile("/proc/" + *pid + "/cmdline");
        QVERIFY(name);
        QCOMPARE(*name,
            std::string("sleep\0"
                        "200\0",
                10));
    }

    void saysWhatIsWrongWithASocket_data()
    {
        QTest::addColumn<bool>("wantsTerminal");
        QTest::addColumn<QString>("socket");
        QTest::addColumn<QString>("message");
        QTest::newRow("nobody listens") << true << QStringLiteral("/nobody") << QStringLiteral("must listen");
        QTest::newRow("too long") << true << QStringLiteral("/") + QString(200, QLatin1Char('x'))
                                  << QStringLiteral("the path is too long");
        QTest::newRow("no terminal") << false << QStringLiteral("/console")
                                     << QStringLiteral("the container has no terminal");
    }
    void saysWhatIsWrongWithASocket()
    {
        QFETCH(bool, wantsTerminal);
        QFETCH(QString, socket);
        QFETCH(QString, message);
        m_bundle->spec.process->terminal = wantsTerminal;
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        const auto output = m_bundle->hullIntoFile({ "create", "--console-socket",
            m_world->path().toStdString() + socket.toStdString(), "--bundle", m_bundle->path(), "web" });
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(QString::fromStdString(output.standardOutput).contains(message), said(output));
        QVERIFY(m_bundle->isClean());
    }

    void execRefusesASocketWithoutATerminal()
    {
        m_bundle->spec.process->terminal = false;
        start("web");
        const auto output = m_bundle->hull({ "exec", "--console-socket", socketPath(), "web", "true" });
        QCOMPARE(output.exitStatus, 255);
        QVERIFY2(output.standardError.find("--tty") != std::string::npos, said(output));
    }

private:
    std::string socketPath() const { return m_world->path().toStdString() + "/console"; }

    CommandOutput create(const std::string& id)
    {
        m_bundle->write();
        m_bundle->ids.push_back(id);
        return m_bundle->hullIntoFile({ "create", "--console-socket", socketPath(), "--bundle", m_bundle->path(), id });
    }
    UniqueFd runDetached(const std::string& id)
    {
        const auto made = create(id);
        const auto started = m_bundle->hull({ "start", id });
        if (made.exitStatus != 0 || started.exitStatus != 0)
            qWarning("%s%s", said(made).constData(), said(started).constData());
        return m_socket->receive();
    }
    void start(const std::string& id)
    {
        m_bundle->setScript("sleep 100");
        QCOMPARE(m_bundle->start(id), 0);
    }
    std::string pidOf(const std::string& id) const { return std::to_string(m_bundle->pidOf(id)); }
    static std::string namespaceOf(const std::string& pid)
    {
        char text[64] = {};
        const ssize_t count = ::readlink(("/proc/" + pid + "/ns/pid").c_str(), text, sizeof text - 1);
        return count > 0 ? text : "no process " + pid;
    }

    std::unique_ptr<ConsoleSocket> m_socket;
};

QTEST_GUILESS_MAIN(HullConsoleTest)
#include "hull_console_test.moc"
