// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/call_tracer.h"
#include "tests/support/lab_test.h"
#include "tests/support/one_answer_bus.h"
#include "tests/support/sample.h"

#include <QDeadlineTimer>
#include <QSet>

#include <sys/syscall.h>

#include <csignal>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// What hull talks to systemd and to the process of the scope with.
const QSet<long> kTalk{ SYS_connect, SYS_sendto, SYS_recvfrom, SYS_poll, SYS_sendmsg, SYS_recvmsg };

} // namespace

/// Containers in a scope of systemd's: the system's for root, the user's own for an ordinary user. The lab runs it as
/// both.
class ScopeTest : public LabTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    void livesInAScopeOfItsOwn()
    {
        m_bundle->setScript("exec sleep 100");
        make("web");
        const auto state = record("web");
        QCOMPARE(state.systemdScope, std::string("hull-web.scope"));
        const auto inside = readFile("/proc/" + std::to_string(state.pid) + "/cgroup");
        QVERIFY(inside && inside->find("/hull-web.scope\n") != std::string::npos);
        QCOMPARE(property("hull-web.scope", "Description"), QStringLiteral("container web"));
        remove("web");
        QVERIFY(!exists(state.cgroup));
        QCOMPARE(property("hull-web.scope", "LoadState"), QStringLiteral("not-found"));
    }

    // what Twinhull's own containers ask for: an ordinary user has no other cgroup that can be limited
    void isMadeByAutoToo()
    {
        m_bundle->spec.linux_.cgroupsPath = ":twinhull:web";
        resources().pidsLimit = 20;
        m_bundle->setScript("exec sleep 100");
        m_bundle->write();
        m_bundle->ids.push_back("web");
        const auto made
            = m_bundle->hullIntoFile({ "--cgroup-manager", "auto", "create", "--bundle", m_bundle->path(), "web" });
        QVERIFY2(made.exitStatus == 0, said(made));
        const auto state = record("web");
        QCOMPARE(state.systemdScope, std::string("twinhull-web.scope"));
        QCOMPARE(*readFile(state.cgroup + "/pids.max"), std::string("20\n"));
        if (!isRoot()) // where the desktop looks for the controllers that a container can have
            QVERIFY2(state.cgroup.find("/user.slice/user-1000.slice/user@1000.service/") != std::string::npos,
                state.cgroup.c_str());
        remove("web");
    }

    // a container from before there was "auto" goes on as it was
    void isNotMadeByAutoForAFolder()
    {
        m_bundle->spec.linux_.cgroupsPath = "twinhull/web";
        m_bundle->setScript("exec sleep 100");
        makeByAuto("web", {});
        const auto state = record("web");
        QCOMPARE(state.systemdScope, std::string());
        QCOMPARE(scopes(), std::string());
        QCOMPARE(state.cgroup, mayMakeFolders() ? ownFolder() + "/twinhull/web" : std::string());
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        QCOMPARE(m_bundle->hull({ "exec", "web", "/bin/sh", "-c", "echo runs" }).standardOutput, std::string("runs\n"));
        remove("web");
        QVERIFY(!exists(ownFolder() + "/twinhull"));
    }

    void isNotNeededByAuto_data()
    {
        QTest::addColumn<QByteArray>("answers");
        QTest::addColumn<QString>("told");
        const auto until = kAccepted + answerTo(1) + answerTo(2) + answerTo(3);
        const auto row = [&](const char* name, const std::string& answers, const char* told) {
            QTest::newRow(name) << QByteArray::fromStdString(answers) << QString::fromLatin1(told);
        };
        row("systemd is not on the bus",
            kAccepted + answerTo(1) + answerTo(2)
                + answerTo(3, runtime::DBusKind::Error, "org.freedesktop.DBus.Error.ServiceUnknown"),
            "ServiceUnknown");
        row("systemd refuses", until + answerTo(4, runtime::DBusKind::Error, "org.freedesktop.DBus.Error.AccessDenied"),
            "AccessDenied");
        row("the bus hangs up", {}, "message bus");
    }
    void isNotNeededByAuto()
    {
        QFETCH(QByteArray, answers);
        QFETCH(QString, told);
        const OneAnswerBus bus(answers.toStdString(), answers.isEmpty() ? OneAnswerBus::HangUp : OneAnswerBus::Wait);
        QVERIFY(bus.isReady);
        m_bundle->spec.linux_.cgroupsPath = ":twinhull:web";
        m_bundle->setScript("exec sleep 100");
        const auto made = makeByAuto("web", bus.path());
        QVERIFY2(made.standardOutput.find(told.toStdString()) != std::string::npos, said(made));
        const auto state = record("web");
        QCOMPARE(state.systemdScope, std::string());
        QCOMPARE(state.cgroup, mayMakeFolders() ? ownFolder() + "/twinhull-web" : std::string());
        const auto inside = readFile("/proc/" + std::to_string(state.pid) + "/cgroup");
        QVERIFY(inside);
        QCOMPARE(QString::fromStdString(*inside).endsWith(QStringLiteral("/twinhull-web\n")), mayMakeFolders());
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        remove("web");
    }

    // a limit is set by hull where that is root's, else the start fails and says what systemd said
    void isNotNeededByAutoForALimitThatHullCanSet()
    {
        const OneAnswerBus bus(kAccepted + answerTo(1) + answerTo(2) + answerTo(3)
            + answerTo(4, runtime::DBusKind::Error, "org.freedesktop.DBus.Error.AccessDenied"));
        QVERIFY(bus.isReady);
        m_bundle->spec.linux_.cgroupsPath = ":twinhull:web";
        resources().pidsLimit = 20;
        m_bundle->setScript("exec sleep 100");
        m_bundle->write();
        m_bundle->ids.push_back("web");
        const auto made = createByAuto("web", bus.path());
        if (!isRoot()) {
            QCOMPARE(made.exitStatus, 1);
            QVERIFY2(made.standardOutput.find("AccessDenied") != std::string::npos, said(made));
            QVERIFY(!exists(m_bundle->root() + "/web"));
            return;
        }
        QVERIFY2(made.exitStatus == 0, said(made));
        const auto state = record("web");
        QCOMPARE(state.systemdScope, std::string());
        QCOMPARE(*readFile(state.cgroup + "/pids.max"), std::string("20\n"));
        QCOMPARE(*readFile(state.cgroup + "/cgroup.procs"), std::to_string(state.pid) + "\n");
        remove("web");
    }

    // who asks for systemd by name gets its scope or an error
    void isNeededWhereItIsAskedFor()
    {
        const OneAnswerBus bus(kAccepted + answerTo(1) + answerTo(2) + answerTo(3)
            + answerTo(4, runtime::DBusKind::Error, "org.freedesktop.DBus.Error.AccessDenied"));
        QVERIFY(bus.isReady);
        m_bundle->setScript("true");
        m_bundle->write();
        const Prefixed prefixed(*m_bundle, bus.path());
        const auto made
            = m_bundle->hull({ "--systemd-cgroup", "run", "--bundle", m_bundle->path(), m_bundle->nextId() });
        QCOMPARE(made.exitStatus, 1);
        QVERIFY2(made.standardError.find("AccessDenied") != std::string::npos, said(made));
    }

    void seesItsScopeAsTheRootOfTheTree()
    {
        QCOMPARE(run("cat /proc/self/cgroup").standardOutput, std::string("0::/\n"));
    }

    void takesSliceAndNameFromTheCgroupsPath()
    {
        m_bundle->spec.linux_.cgroupsPath = "lab.slice:twin:one+two";
        m_bundle->setScript("exec sleep 100");
        make("web");
        const auto state = record("web");
        QCOMPARE(state.systemdScope, std::string("twin-one\\x2btwo.scope"));
        QVERIFY2(state.cgroup.find("/lab.slice/twin-one\\x2btwo.scope") != std::string::npos, state.cgroup.c_str());
        remove("web");
    }

    void refusesAPathThatNamesNoScope()
    {
        m_bundle->spec.linux_.cgroupsPath = "/lab/web";
        const auto output = run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("SLICE:PREFIX:NAME") != std::string::npos, said(output));
    }

    void givesTwoContainersOfOneNameAScopeEach()
    {
        m_bundle->setScript("exec sleep 100");
        make("web");
        HullBundle other(m_world->path().toStdString() + "/other");
        other.prefix = m_bundle->prefix;
        other.spec = m_bundle->spec;
        other.write();
        other.ids.push_back("web");
        const auto made = other.hullIntoFile({ "--systemd-cgroup", "create", "--bundle", other.path(), "web" });
        QVERIFY2(made.exitStatus == 0, said(made));
        const std::string file = other.root() + "/web/state.json";
        QCOMPARE(oci::decodeRecord(*readFile(file), file)->systemdScope, std::string("hull-web.2.scope"));
        QCOMPARE(other.hull({ "delete", "--force", "web" }).exitStatus, 0);
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("created"));
        remove("web");
    }

    // systemd writes its own values again at every reload
    void keepsTheLimitsWhenSystemdIsReloaded()
    {
        resources().memoryLimitBytes = 64 << 20;
        resources().pidsLimit = 20;
        resources().cpuQuotaMicroseconds = 20'000;
        resources().cpuShares = 1'024;
        m_bundle->setScript("exec sleep 100");
        make("web");
        QVERIFY(runChecked(systemctl({ "daemon-reload" }), std::chrono::seconds(60)));
        const auto folder = record("web").cgroup;
        QCOMPARE(*readFile(folder + "/memory.max"), std::string("67108864\n"));
        QCOMPARE(*readFile(folder + "/pids.max"), std::string("20\n"));
        QCOMPARE(*readFile(folder + "/cpu.max"), std::string("20000 100000\n"));
        QCOMPARE(*readFile(folder + "/cpu.weight"), std::string("39\n"));
        remove("web");
    }

    void keepsNewLimitsWhenSystemdIsReloaded()
    {
        resources().memoryLimitBytes = 64 << 20;
        resources().pidsLimit = 20;
        m_bundle->setScript("exec sleep 100");
        make("web");
        const auto update = m_bundle->hull({ "update", "--memory", "33554432", "--pids-limit", "-1", "web" });
        QVERIFY2(update.exitStatus == 0, said(update));
        QVERIFY(runChecked(systemctl({ "daemon-reload" }), std::chrono::seconds(60)));
        const auto folder = record("web").cgroup;
        QCOMPARE(*readFile(folder + "/memory.max"), std::string("33554432\n"));
        QCOMPARE(*readFile(folder + "/pids.max"), std::string("max\n"));
        remove("web");
    }

    void runsAnotherProgramInTheScope()
    {
        m_bundle->setScript("exec sleep 100");
        make("web");
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        const auto output = m_bundle->hull({ "exec", "web", "/bin/sh", "-c", "cat /proc/self/cgroup" });
        QCOMPARE(output.standardOutput, std::string("0::/\n"));
        remove("web");
    }

    void isGoneWithAHullThatIsKilledWhileItAsks()
    {
        m_bundle->setScript("true");
        m_bundle->write();
        m_bundle->ids.push_back("web");
        const std::vector<std::string> words{ "--systemd-cgroup", "run", "--bundle", m_bundle->path(), "web" };
        const int calls = killedAt(0, words);
        QVERIFY2(calls > 10, qPrintable(QString::number(calls)));
        Sample sample(12); // all take many minutes in the guest
        for (int number = 1; number <= calls; ++number) {
            if (!sample.takesNext())
                continue;
            (void)killedAt(number, words);
            (void)m_bundle->hull({ "delete", "--force", "web" }); // fails where nothing was left of it
            QVERIFY(!exists(m_bundle->root() + "/web"));
            QDeadlineTimer deadline(60'000); // systemd looks after it by itself
            while (!scopes().empty() && !deadline.hasExpired())
                QTest::qWait(200);
            QCOMPARE(scopes(), std::string());
        }
    }

    void losesWhatWasToBeExecutedWithTheHullThatAsks()
    {
        m_bundle->setScript("exec sleep 100");
        make("web");
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        const std::vector<std::string> words{ "exec", "web", "/bin/true" };
        const int calls = killedAt(0, words);
        Sample sample(6);
        for (int number = 1; number <= calls; ++number) { // none where it is born in the scope
            if (sample.takesNext())
                (void)killedAt(number, words); // waits for all that hull has made
        }
        const auto inside = readFile(record("web").cgroup + "/cgroup.procs");
        QVERIFY(inside);
        QCOMPARE(QString::fromStdString(*inside).count(u'\n'), 1);
        QCOMPARE(m_bundle->hull(words).exitStatus, 0);
        remove("web");
    }

private:
    /// hull is told of another bus for a while.
    class Prefixed {
    public:
        Prefixed(HullBundle& bundle, const std::string& bus) : m_bundle(bundle), m_prefix(bundle.prefix)
        {
            if (bus.empty())
                return;
            const std::string name = isRoot() ? "DBUS_SYSTEM_BUS_ADDRESS" : "DBUS_SESSION_BUS_ADDRESS";
            m_bundle.prefix.insert(m_bundle.prefix.end(), { "env", name + "=unix:path=" + bus });
        }
        ~Prefixed() { m_bundle.prefix = m_prefix; }
        Prefixed(const Prefixed&) = delete;
        Prefixed& operator=(const Prefixed&) = delete;

    private:
        HullBundle& m_bundle;
        std::vector<std::string> m_prefix;
    };

    CommandOutput createByAuto(const std::string& id, const std::string& bus)
    {
        const Prefixed prefixed(*m_bundle, bus);
        return m_bundle->hullIntoFile({ "--cgroup-manager", "auto", "create", "--bundle", m_bundle->path(), id });
    }
    CommandOutput makeByAuto(const std::string& id, const std::string& bus)
    {
        m_bundle->write();
        m_bundle->ids.push_back(id);
        auto made = createByAuto(id, bus);
        [&] { QVERIFY2(made.exitStatus == 0, said(made)); }();
        return made;
    }
    /// Where hull makes cgroups itself.
    static std::string ownFolder()
    {
        const auto text = isRoot() ? Result<std::string>("0::/") : readFile("/proc/self/cgroup");
        const QString own = text ? QString::fromStdString(*text).trimmed().section(QStringLiteral("::"), 1) : QString();
        return "/sys/fs/cgroup" + (own == QStringLiteral("/") ? std::string() : own.toStdString());
    }
    /// An ordinary user may where systemd has delegated the cgroup.
    static bool mayMakeFolders() { return ::access((ownFolder() + "/cgroup.procs").c_str(), W_OK) == 0; }

    /// How many times hull talked after it had found systemd. It is killed instead of doing so for the time of that
    /// number; 0: it ends well.
    int killedAt(int number, const std::vector<std::string>& arguments) const
    {
        auto words = m_bundle->prefix;
        words.insert(words.end(), { m_bundle->program, "--root", m_bundle->root() });
        words.insert(words.end(), arguments.begin(), arguments.end());
        int calls = 0;
        traceCalls(words, [&](const CallAtEntry& call) {
            const bool isTalk
                = call.isFirst && kTalk.contains(call.number) && (calls > 0 || call.number == SYS_connect);
            calls += isTalk ? 1 : 0;
            if (isTalk && calls == number)
                (void)::kill(call.pid, SIGKILL);
        });
        return calls;
    }
    std::string scopes() const
    {
        const auto units
            = runCommand(systemctl({ "list-units", "--all", "--plain", "--no-legend", "hull-*", "twinhull-*" }),
                std::chrono::seconds(60));
        return units ? units->standardOutput : units.error().message;
    }
    CommandOutput run(const std::string& script)
    {
        m_bundle->setScript(script);
        m_bundle->write();
        return m_bundle->hull({ "--systemd-cgroup", "run", "--bundle", m_bundle->path(), m_bundle->nextId() });
    }
    void make(const std::string& id)
    {
        m_bundle->write();
        m_bundle->ids.push_back(id);
        const auto made
            = m_bundle->hullIntoFile({ "--cgroup-manager", "systemd", "create", "--bundle", m_bundle->path(), id });
        QVERIFY2(made.exitStatus == 0, said(made));
    }
    QString property(const std::string& unit, const std::string& name) const
    {
        auto output = runCommand(systemctl({ "show", "--value", "--property", name, unit }), std::chrono::seconds(60));
        return output ? QString::fromStdString(output->standardOutput).trimmed() : QString();
    }
};

QTEST_GUILESS_MAIN(ScopeTest)
#include "scope_test.moc"
