// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"
#include "tests/support/ready_listener.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// Sends `text` to $NOTIFY_SOCKET. Perl is on every Debian.
std::string notice(const std::string& text)
{
    return "perl -e 'use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0); send($s, \"" + text
        + "\", 0, pack_sockaddr_un($ENV{NOTIFY_SOCKET})) or die $!'\n";
}

} // namespace

/// A service of systemd's (Type=notify) that is a container: its program says that it is ready, and hull passes that
/// on.
class HullReadyTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (!m_bundle)
            return;
        m_listener = std::make_unique<ReadyListener>(m_world->path().toStdString() + "/notify.sock");
        QVERIFY(m_listener->isListening);
        m_bundle->environment = { "NOTIFY_SOCKET=" + m_world->path().toStdString() + "/notify.sock" };
        oci::Mount usr;
        usr.destination = usr.source = "/usr";
        usr.type = "bind";
        usr.options = { "rbind", "ro" };
        m_bundle->spec.mounts.push_back(usr);
        m_bundle->spec.process->env = { "PATH=/bin:/usr/bin" };
        for (const char* name : { "lib", "lib64" })
            (void)::symlink((std::string("usr/") + name).c_str(), m_bundle->path("/rootfs/").append(name).c_str());
    }
    void cleanup()
    {
        tearDown();
        m_listener.reset();
    }

    void tellsWhoCalledRun()
    {
        const auto run = m_bundle->run(notice("READY=1\\n") + "cat /proc/self/mountinfo | grep -c /run/notify; exit 3");
        QVERIFY2(run.exitStatus == 3, said(run));
        QCOMPARE(run.standardOutput, std::string("1\n"));
        const auto messages = m_listener->messages();
        QCOMPARE(messages.size(), std::size_t{ 2 });
        QVERIFY2(messages[0].find("READY=1\nMAINPID=") == 0, messages[0].c_str());
        QCOMPARE(messages[1], std::string("BARRIER=1"));
        QVERIFY(m_bundle->isClean());
    }

    void waitsForAServiceInTheBackground_data()
    {
        QTest::addColumn<bool>("isInUserNamespace");
        QTest::newRow("root") << false;
        QTest::newRow("mapped ids") << true;
    }
    void waitsForAServiceInTheBackground()
    {
        QFETCH(bool, isInUserNamespace);
        if (isInUserNamespace)
            mapIds();
        m_bundle->setScript(notice("STATUS=soon") + notice("MAINPID=1\\nREADY=1") + "exec sleep 100");
        m_bundle->write();
        const auto id = m_bundle->nextId();
        const auto run = m_bundle->hullIntoFile({ "run", "--detach", "--bundle", m_bundle->path(), id });
        QVERIFY2(run.exitStatus == 0, said(run));
        expectReady(m_bundle->pidOf(id));
    }

    void waitsWithStart()
    {
        m_bundle->setScript(notice("READY=1") + "exec sleep 100");
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        QVERIFY(m_listener->messages().empty());
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        expectReady(m_bundle->pidOf("web"));
    }

    void waitsNoLongerThanTheProgramLives()
    {
        m_bundle->setScript(notice("STATUS=READY=1\\nXREADY=1\\nREADY=0"));
        m_bundle->write();
        const auto run
            = m_bundle->hullIntoFile({ "run", "--detach", "--bundle", m_bundle->path(), m_bundle->nextId() });
        QVERIFY2(run.exitStatus == 0, said(run));
        QVERIFY(m_listener->messages().empty());
    }

    void letsOthersAtTheContainerMeanwhile()
    {
        m_bundle->setScript("exec sleep 100");
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        auto start = spawn(
            { { m_bundle->program, "--root", m_bundle->root(), "start", "web" }, m_bundle->environment, {} }, {});
        QVERIFY(start);
        QTRY_COMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        QCOMPARE(m_bundle->hull({ "kill", "web", "KILL" }).exitStatus, 0);
        siginfo_t info{};
        QCOMPARE(::waitid(P_PID, static_cast<id_t>(start->pid), &info, WEXITED), 0);
        QCOMPARE(info.si_status, 0);
    }

    void leavesAConfiguredSocketAlone()
    {
        m_bundle->spec.process->env.emplace_back("NOTIFY_SOCKET=/mine");
        const auto run = m_bundle->run("echo $NOTIFY_SOCKET; ls /run/notify");
        QCOMPARE(run.standardOutput, std::string("/mine\n"));
    }

    void saysThatNobodyListens()
    {
        m_bundle->environment = { "NOTIFY_SOCKET=" + m_world->path().toStdString() + "/none" };
        const auto run = m_bundle->run(notice("READY=1") + "exit 4");
        QVERIFY2(run.exitStatus == 4, said(run));
        QVERIFY2(run.standardError.find("that the container is ready: connect: No such file") != std::string::npos,
            said(run));
    }

private:
    void expectReady(pid_t pid)
    {
        const auto messages = m_listener->messages();
        QVERIFY(!messages.empty());
        QCOMPARE(messages[0], "READY=1\nMAINPID=" + std::to_string(pid));
        QCOMPARE(messages.size(), std::size_t{ 2 });
    }

    void mapIds()
    {
        auto& linux_ = m_bundle->spec.linux_;
        linux_.namespaces.insert(linux_.namespaces.begin(), { oci::NamespaceKind::User, {} });
        linux_.uidMappings = { { 0, 700'000, 65'536 } };
        linux_.gidMappings = { { 0, 700'000, 65'536 } };
        QVERIFY(runChecked(
            { { "chown", "-R", "-h", "700000:700000", m_bundle->path("/rootfs") }, {}, {} }, std::chrono::seconds(20)));
        for (auto path = m_bundle->path("/rootfs"); path != "/tmp"; path = path.substr(0, path.rfind('/')))
            QCOMPARE(::chmod(path.c_str(), 0755), 0);
    }

    std::unique_ptr<ReadyListener> m_listener;
};

QTEST_GUILESS_MAIN(HullReadyTest)
#include "hull_ready_test.moc"
