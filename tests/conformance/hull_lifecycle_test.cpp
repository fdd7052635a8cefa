// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <fcntl.h>

#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// The verbs one after another, and what happens when something goes wrong between them.
class HullLifecycleTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (m_bundle)
            m_bundle->setScript("sleep 100");
    }
    void cleanup() { tearDown(); }

    void goesFromCreatedToRunningToStopped()
    {
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        QCOMPARE(status("web"), QStringLiteral("created"));
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        QCOMPARE(status("web"), QStringLiteral("running"));
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 1);
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 1);
        QCOMPARE(m_bundle->hull({ "kill", "web", "SIGKILL" }).exitStatus, 0);
        QTRY_COMPARE(status("web"), QStringLiteral("stopped"));
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 0);
        QVERIFY(m_bundle->isClean());
    }

    void startTellsWhyTheProgramCannotRun()
    {
        m_bundle->spec.process->args = { "/bin/plain" }; // there, so that `create` has nothing to say
        QVERIFY(writeFileAtomically(m_bundle->path("/rootfs/bin/plain"), "text", 0644));
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        const auto started = m_bundle->hull({ "start", "web" });
        QCOMPARE(started.exitStatus, 1);
        QVERIFY2(started.standardError.find("start /bin/plain: Permission denied") != std::string::npos, said(started));
        QTRY_COMPARE(status("web"), QStringLiteral("stopped"));
    }

    void refusesAnIdInUse()
    {
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        const auto again = m_bundle->create("web");
        QCOMPARE(again.exitStatus, 1);
        QVERIFY2(again.standardOutput.find("in use") != std::string::npos, said(again));
        QCOMPARE(status("web"), QStringLiteral("created"));
    }

    void runsAnotherProgramInside()
    {
        QCOMPARE(start("web"), 0);
        const auto output
            = m_bundle->hull({ "exec", "--env", "A=b", "--cwd", "/tmp", "--user", "7:8", "web", "/bin/sh", "-c",
                "echo $A; readlink /proc/self/cwd; id -u; id -g; grep CapInh /proc/self/status; cat /proc/1/comm; exit "
                "5" });
        QCOMPARE(output.exitStatus, 5);
        QCOMPARE(QString::fromStdString(output.standardOutput),
            QStringLiteral("b\n/tmp\n7\n8\nCapInh:\t0000000000000000\nsleep\n"));
        QCOMPARE(m_bundle->hull({ "exec", "--user", "7x", "web", "id" }).exitStatus, 255);
    }

    void runsAProcessOfAFileInside()
    {
        QCOMPARE(start("web"), 0);
        oci::Process process;
        process.args = { "/bin/sh", "-c", "echo from a file; grep CapBnd /proc/self/status" };
        process.env = { "PATH=/bin" };
        QVERIFY(writeFileAtomically(m_bundle->path("/process.json"), encodeProcess(process)));
        const auto output = m_bundle->hull({ "exec", "--process", m_bundle->path("/process.json"), "web" });
        QCOMPARE(output.standardOutput, std::string("from a file\nCapBnd:\t0000000000000000\n"));
    }

    void runsAProgramInACreatedContainer()
    {
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        const auto exec = m_bundle->hull({ "exec", "web", "/bin/sh", "-c", "echo before; exit 6" });
        QVERIFY2(exec.exitStatus == 6, said(exec));
        QCOMPARE(exec.standardOutput, std::string("before\n"));
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("created"));
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
    }

    void listsContainers()
    {
        QCOMPARE(start("a"), 0);
        QCOMPARE(m_bundle->create("b").exitStatus, 0);
        QCOMPARE(m_bundle->hull({ "list", "-q" }).standardOutput, std::string("a\nb\n"));
        const auto json = QByteArray::fromStdString(m_bundle->hull({ "list", "--format", "json" }).standardOutput);
        const auto array = QJsonDocument::fromJson(json).array();
        QCOMPARE(array.size(), 2);
        QCOMPARE(array[0][QStringLiteral("status")].toString(), QStringLiteral("running"));
        QCOMPARE(array[1][QStringLiteral("status")].toString(), QStringLiteral("created"));
    }

    void passesSignalsOn()
    {
        m_bundle->setScript("trap 'exit 9' TERM; echo > /ready; while :; do sleep 1; done");
        m_bundle->write();
        auto child = spawn(
            { { hullProgram(), "--root", m_bundle->root(), "run", "--bundle", m_bundle->path(), m_bundle->nextId() },
                {}, {} },
            {});
        QVERIFY(child);
        QTRY_VERIFY(exists(m_bundle->path("/rootfs/ready")));
        QCOMPARE(::kill(child->pid, SIGTERM), 0);
        siginfo_t info{};
        QCOMPARE(::waitid(P_PID, static_cast<id_t>(child->pid), &info, WEXITED), 0);
        QCOMPARE(info.si_status, 9);
        QVERIFY(m_bundle->isClean());
    }

    void findsTheContainerOfAKilledHull()
    {
        m_bundle->setScript("echo > /ready; while :; do sleep 1; done");
        m_bundle->write();
        const std::string id = m_bundle->nextId();
        auto child = spawn(
            { { hullProgram(), "--root", m_bundle->root(), "run", "--bundle", m_bundle->path(), id }, {}, {} }, {});
        QVERIFY(child);
        QTRY_VERIFY(exists(m_bundle->path("/rootfs/ready"))); // one that is still between two programs ends with hull
        QCOMPARE(status(id), QStringLiteral("running"));
        QCOMPARE(::kill(child->pid, SIGKILL), 0);
        siginfo_t info{};
        QCOMPARE(::waitid(P_PID, static_cast<id_t>(child->pid), &info, WEXITED), 0);
        QCOMPARE(status(id), QStringLiteral("running"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", id }).exitStatus, 0);
        QVERIFY(m_bundle->isClean());
    }

    void clearsWhatAKilledCreateLeft()
    {
        QVERIFY(makeFolders(m_bundle->root() + "/web"));
        QVERIFY(writeFileAtomically(m_bundle->root() + "/web/config.json", "{}"));
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        QVERIFY(makeFolders(m_bundle->root() + "/other"));
        QCOMPARE(m_bundle->hull({ "list", "-q" }).standardOutput, std::string("web\n"));
        QVERIFY(!exists(m_bundle->root() + "/other"));
    }

    void forgetsAnotherProcessOfTheSamePid()
    {
        QCOMPARE(start("web"), 0);
        const std::string file = m_bundle->root() + "/web/state.json";
        auto text = QByteArray::fromStdString(*readFile(file));
        text.replace("\"pidStartTicks\": ", "\"pidStartTicks\": 1");
        const auto pid = QJsonDocument::fromJson(text).object()[QStringLiteral("pid")].toInt();
        QVERIFY(writeFileAtomically(file, text.toStdString()));
        QCOMPARE(status("web"), QStringLiteral("stopped"));
        QCOMPARE(m_bundle->hull({ "kill", "web", "KILL" }).exitStatus, 1);
        QCOMPARE(::kill(pid, 0), 0);
        QCOMPARE(::kill(pid, SIGKILL), 0);
    }

    void namesTheMistake_data()
    {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const char* config, const char* message) {
            QTest::newRow(name) << QString::fromLatin1(config).replace(0, 1, QLatin1String(R"({"ociVersion":"1.0.2",)"))
                                << QString::fromLatin1(message);
        };
        row("wrong type", R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":"sh"}})",
            "config.json: process.args: expected an array of strings");
        row("no process", R"({"root":{"path":"rootfs"},"linux":{"namespaces":[{"type":"mount"}]}})",
            "config.json: process: missing");
        row("no rootfs", R"({"root":{"path":"nowhere"},"process":{"cwd":"/","args":["true"]},
            "linux":{"namespaces":[{"type":"mount"}]}})",
            "root file system");
        row("no mount namespace", R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":["true"]}})",
            "a new mount namespace is required");
        row("missing program", R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":["nope"]},
            "linux":{"namespaces":[{"type":"mount"}]}})",
            "not found in the container's PATH");
        row("host sysctl", R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":["true"]},
            "linux":{"namespaces":[{"type":"mount"}],"sysctl":{"kernel.core_pattern":"x"}}})",
            "would change the whole computer");
        row("unknown rlimit", R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":["true"],
            "rlimits":[{"type":"RLIMIT_LUCK","soft":1,"hard":1}]},"linux":{"namespaces":[{"type":"mount"}]}})",
            "process.rlimits[0].type: expected RLIMIT_AS");
        row("not a namespace", R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":["true"]},
            "linux":{"namespaces":[{"type":"mount"},{"type":"pid","path":"/proc/self/status"}]}})",
            "not a namespace of kind pid");
        row("user namespace without ids", R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":["true"]},
            "linux":{"namespaces":[{"type":"mount"},{"type":"user"},{"type":"time"}]}})",
            "a new user namespace needs uid_map mappings");
        if (!exists("/sys/fs/selinux/enforce"))
            row("label", R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":["true"],"selinuxLabel":"a:b:c"},
                "linux":{"namespaces":[{"type":"mount"}]}})",
                "process.selinuxLabel: SELinux does not run on this computer");
        row("relative hook", R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":["true"]},
            "hooks":{"poststop":[{"path":"bin/true"}]},"linux":{"namespaces":[{"type":"mount"}]}})",
            "hooks.poststop[0].path: expected an absolute path");
        row("terminal without taker",
            R"({"root":{"path":"rootfs"},"process":{"cwd":"/","args":["true"],"terminal":true},
            "linux":{"namespaces":[{"type":"mount"}]}})",
            "console-socket");
    }
    void namesTheMistake()
    {
        QFETCH(QString, config);
        QFETCH(QString, message);
        QVERIFY(writeFileAtomically(m_bundle->path("/config.json"), config.toStdString()));
        const auto output
            = m_bundle->hullIntoFile({ "run", "--detach", "--bundle", m_bundle->path(), m_bundle->nextId() });
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(QString::fromStdString(output.standardOutput).contains(message), said(output));
        QVERIFY(m_bundle->isClean());
    }

    void namesWhatIsMissingOnTheCommandLine_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("message");
        QTest::newRow("verb") << QStringList{ QStringLiteral("fly") } << QStringLiteral("unknown verb fly");
        QTest::newRow("id") << QStringList{ QStringLiteral("start") } << QStringLiteral("missing: the container's id");
        QTest::newRow("unknown id") << QStringList{ QStringLiteral("state"), QStringLiteral("x") }
                                    << QStringLiteral("the container x does not exist");
        QTest::newRow("bad id") << QStringList{ QStringLiteral("state"), QStringLiteral("../x") }
                                << QStringLiteral("is no container id");
        QTest::newRow("option") << QStringList{ QStringLiteral("list"), QStringLiteral("--colour") }
                                << QStringLiteral("unknown option --colour");
        QTest::newRow("bundle") << QStringList{ QStringLiteral("run"), QStringLiteral("--bundle"),
            QStringLiteral("/none"), QStringLiteral("x") }
                                << QStringLiteral("bundle /none: No such file or directory");
    }
    void namesWhatIsMissingOnTheCommandLine()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, message);
        std::vector<std::string> arguments;
        for (const auto& word : words)
            arguments.push_back(word.toStdString());
        const auto output = m_bundle->hull(arguments);
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(QString::fromStdString(output.standardError).contains(message), said(output));
    }

    void deletesNoContainerOfAnotherRoot()
    {
        QCOMPARE(start("web"), 0);
        HullBundle other(m_world->path().toStdString() + "/other");
        other.setScript("sleep 100");
        QCOMPARE(other.start("web"), 0);
        QCOMPARE(other.hull({ "delete", "--force", "web" }).exitStatus, 0);
        QVERIFY(other.isClean());
        QCOMPARE(status("web"), QStringLiteral("running"));
    }

    void setsLimitsOrNamesTheMissingController()
    {
        m_bundle->spec.linux_.resources.memoryLimitBytes = 64 << 20;
        const auto output = m_bundle->run("cat /sys/fs/cgroup/memory.max");
        auto controllers = readFile("/sys/fs/cgroup/cgroup.controllers");
        const bool canLimit = controllers && controllers->find("memory") != std::string::npos && output.exitStatus == 0;
        if (canLimit) {
            QCOMPARE(output.standardOutput, std::string("67108864\n"));
        } else {
            QCOMPARE(output.exitStatus, 1);
            QVERIFY2(output.standardError.find("memory") != std::string::npos, said(output));
        }
        QVERIFY(m_bundle->isClean());
    }

private:
    int start(const std::string& id) { return m_bundle->start(id); }
    QString status(const std::string& id) const { return m_bundle->statusOf(id); }
};

QTEST_GUILESS_MAIN(HullLifecycleTest)
#include "hull_lifecycle_test.moc"
