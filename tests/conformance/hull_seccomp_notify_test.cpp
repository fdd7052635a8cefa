// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"
#include "tests/support/notified_agent.h"
#include "tests/support/ordinary_bundle.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>

using namespace twinhull;
using namespace twinhull::test;

/// SCMP_ACT_NOTIFY: an agent on the host decides calls of the container's (runtime-spec, config-linux.md, "Seccomp").
class HullSeccompNotifyTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (!m_world)
            return; // skipped
        ask({ "mkdir", "mkdirat" });
        m_agent = std::make_unique<NotifiedAgent>(socketPath());
        QVERIFY(m_agent->isListening);
    }
    void cleanup()
    {
        m_agent.reset();
        tearDownClean();
    }

    void asksTheAgent()
    {
        m_bundle->spec.annotations["colour"] = "red";
        const auto output = m_bundle->run("mkdir /tmp/new; echo $?");
        QCOMPARE(output.standardOutput, std::string("1\n"));
        QVERIFY2(output.standardError.find(std::strerror(NotifiedAgent::kAnswer)) != std::string::npos, said(output));
        const auto state = onlyState();
        QVERIFY(state["fds"] == nlohmann::json::array({ "seccompFd" }));
        QVERIFY(state["metadata"] == "to the agent");
        QVERIFY(state["ociVersion"].get<std::string>().rfind("1.", 0) == 0);
        const auto& container = state["state"];
        QVERIFY(container["id"] == m_bundle->ids.back());
        QVERIFY(container["status"] == "created");
        QVERIFY(container["annotations"]["colour"] == "red");
        QVERIFY(state["pid"] > 1);
        QVERIFY(container["pid"] == state["pid"]);
    }

    void asksWhenTheContainerIsStarted()
    {
        m_bundle->setScript("mkdir /tmp/new; sleep 1000");
        QCOMPARE(m_bundle->create("made").exitStatus, 0);
        QVERIFY(m_agent->states().empty());
        QCOMPARE(m_bundle->hull({ "start", "made" }).exitStatus, 0);
        QVERIFY(onlyState()["pid"] == m_bundle->pidOf("made"));
        QTRY_VERIFY(!m_agent->asked().empty());
        QCOMPARE(m_bundle->hull({ "delete", "--force", "made" }).exitStatus, 0);
    }

    void asksForAProgramOfExec()
    {
        m_bundle->setScript("sleep 1000");
        QCOMPARE(m_bundle->start("busy"), 0);
        const auto output = m_bundle->hull({ "exec", "busy", "/bin/mkdir", "/tmp/new" });
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find(std::strerror(NotifiedAgent::kAnswer)) != std::string::npos, said(output));
        QCOMPARE(m_agent->states().size(), std::size_t(2));
        const auto state = nlohmann::json::parse(m_agent->states()[1]);
        QVERIFY(state["state"]["status"] == "running");
        QVERIFY(state["state"]["pid"] == m_bundle->pidOf("busy"));
        QVERIFY(state["pid"] != state["state"]["pid"]);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "busy" }).exitStatus, 0);
    }

    /// Every call that hull itself makes once the filter is on, and those of the way to the agent.
    void goesOnWhenTheAgentDecidesEverything_data()
    {
        QTest::addColumn<bool>("noNewPrivileges");
        QTest::newRow("filter at the end") << true;
        QTest::newRow("filter before the rights are dropped") << false;
    }
    void goesOnWhenTheAgentDecidesEverything()
    {
        QFETCH(bool, noNewPrivileges);
        m_bundle->spec.process->noNewPrivileges = noNewPrivileges;
        ask({ "sendmsg", "recvmsg", "sendto", "recvfrom", "close", "write", "execve", "close_range", "setgroups",
            "setresuid", "setresgid", "capset", "prctl", "chdir", "getcwd", "fcntl", "rt_sigaction", "rt_sigprocmask",
            "futex", "munmap", "madvise", "openat", "umask", "clock_gettime", "mkdir" });
        const auto output = m_bundle->run("mkdir /tmp/new; echo $?");
        QCOMPARE(output.standardOutput, std::string("1\n"));
        QVERIFY(m_agent->asked().count(SYS_execve) == 1);
        QCOMPARE(m_agent->asked().count(SYS_setresuid) == 1, !noNewPrivileges);
    }

    void asksForAnOrdinaryUser()
    {
        OrdinaryUser user(OrdinaryUser::SubordinateIds::No);
        QVERIFY(user.isMade);
        m_agent.reset();
        m_bundle = std::make_unique<HullBundle>(user.home() + "/bundle");
        QVERIFY(giveToUser(*m_bundle, user));
        ask({ "mkdir", "mkdirat" });
        m_bundle->spec.linux_.seccomp->agent.path = user.home() + "/agent";
        m_agent = std::make_unique<NotifiedAgent>(user.home() + "/agent");
        user.own(user.home() + "/agent");
        const auto output = m_bundle->run("mkdir /tmp/new; echo $?");
        QVERIFY2(output.standardOutput == "1\n", said(output));
        QVERIFY(!m_agent->asked().empty());
        QVERIFY(m_bundle->isClean());
        m_bundle.reset(); // before its user
    }

    void runsNothingWithoutTheAgent_data()
    {
        QTest::addColumn<bool>("isFile");
        QTest::newRow("no such file") << false;
        QTest::newRow("nobody listens") << true;
    }
    void runsNothingWithoutTheAgent()
    {
        QFETCH(bool, isFile);
        m_agent.reset();
        if (!isFile)
            QCOMPARE(::unlink(socketPath().c_str()), 0);
        const auto output = m_bundle->run("touch /ran");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("linux.seccomp.listenerPath") != std::string::npos, said(output));
        m_bundle->setScript("touch /ran");
        QCOMPARE(m_bundle->create("late").exitStatus, 0);
        const auto started = m_bundle->hull({ "start", "late" });
        QCOMPARE(started.exitStatus, 1);
        QVERIFY2(started.standardError.find("linux.seccomp.listenerPath") != std::string::npos, said(started));
        QTRY_COMPARE(m_bundle->statusOf("late"), QStringLiteral("stopped"));
        QCOMPARE(m_bundle->hull({ "delete", "late" }).exitStatus, 0);
        QVERIFY(!exists(m_bundle->path("/rootfs/ran")));
    }

    void waitsKillablyForTheAgent()
    {
        m_bundle->spec.linux_.seccomp->flags = { "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" };
        QCOMPARE(m_bundle->run("mkdir /tmp/new; echo $?").standardOutput, std::string("1\n"));
    }

private:
    std::string socketPath() const { return m_world->path().toStdString() + "/agent"; }

    void ask(const std::vector<std::string>& calls)
    {
        oci::Seccomp profile;
        profile.defaultAction = "SCMP_ACT_ALLOW";
        profile.syscalls = { { calls, "SCMP_ACT_NOTIFY", {}, {} } };
        profile.agent = { socketPath(), "to the agent" };
        m_bundle->spec.linux_.seccomp = std::move(profile);
    }
    nlohmann::json onlyState() const
    {
        const auto states = m_agent->states();
        return states.size() == 1 ? nlohmann::json::parse(states[0]) : nlohmann::json::object();
    }

    std::unique_ptr<NotifiedAgent> m_agent;
};

QTEST_GUILESS_MAIN(HullSeccompNotifyTest)
#include "hull_seccomp_notify_test.moc"
