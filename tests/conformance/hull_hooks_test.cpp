// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/container_record.h"
#include "tests/support/hull_test.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// Programs of the operator at the moments of runtime-spec's "Lifecycle": which namespace, which state, which order,
/// and what becomes of a container whose hook fails.
class HullHooksTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    void runsThemInTheOrderOfTheSpecification()
    {
        auto& hooks = m_bundle->spec.hooks;
        hooks.poststop = { note("poststop") };
        hooks.poststart = { note("poststart") };
        hooks.createContainer = { note("createContainer") };
        hooks.createRuntime = { note("createRuntime 1"), note("createRuntime 2") };
        hooks.prestart = { note("prestart") };
        hooks.startContainer = { { "/bin/sh", { "sh", "-c", "echo startContainer >&2" }, {}, {} } };
        const auto output = m_bundle->run("echo program");
        QVERIFY2(output.exitStatus == 0, said(output));
        QCOMPARE(output.standardOutput, std::string("program\n"));
        QCOMPARE(notes(),
            std::string("prestart\ncreateRuntime 1\ncreateRuntime 2\ncreateContainer\npoststart\n"
                        "poststop\n"));
        QCOMPARE(output.standardError, std::string("startContainer\n"));
    }

    void tellsEachTheState_data()
    {
        QTest::addColumn<QString>("moment");
        QTest::addColumn<QString>("status");
        QTest::addColumn<bool>("hasHostsPid");
        QTest::newRow("prestart") << QStringLiteral("prestart") << QStringLiteral("creating") << true;
        QTest::newRow("createRuntime") << QStringLiteral("createRuntime") << QStringLiteral("creating") << true;
        QTest::newRow("createContainer") << QStringLiteral("createContainer") << QStringLiteral("creating") << false;
        QTest::newRow("poststart") << QStringLiteral("poststart") << QStringLiteral("running") << true;
        QTest::newRow("poststop") << QStringLiteral("poststop") << QStringLiteral("stopped") << false;
    }
    void tellsEachTheState()
    {
        QFETCH(QString, moment);
        QFETCH(QString, status);
        QFETCH(bool, hasHostsPid);
        listOf(moment) = { { "/bin/sh", { "sh", "-c", "cat > " + m_bundle->path("/state.json") }, {}, {} } };
        m_bundle->spec.annotations["colour"] = "red";
        const auto output = m_bundle->run("readlink /proc/self/ns/pid");
        QVERIFY2(output.exitStatus == 0, said(output));
        const auto text = QByteArray::fromStdString(*readFile(m_bundle->path("/state.json")));
        const auto state = QJsonDocument::fromJson(text).object();
        QCOMPARE(state[QStringLiteral("status")].toString(), status);
        QCOMPARE(state[QStringLiteral("id")].toString().toStdString(), m_bundle->ids.back());
        QCOMPARE(state[QStringLiteral("bundle")].toString().toStdString(), m_bundle->path());
        QCOMPARE(state[QStringLiteral("ociVersion")].toString(), QLatin1String(oci::kSpecVersion));
        const auto annotations = state[QStringLiteral("annotations")].toObject();
        QCOMPARE(annotations[QStringLiteral("colour")].toString(), QStringLiteral("red"));
        QCOMPARE(state[QStringLiteral("pid")].toInt() > 1, hasHostsPid);
    }

    void tellsTheHookInsideThePidThatItSees()
    {
        m_bundle->spec.hooks.startContainer = { { "/bin/sh", { "sh", "-c", "cat > /state" }, {}, {} } };
        QCOMPARE(m_bundle->run("true").exitStatus, 0);
        const auto text = QByteArray::fromStdString(*readFile(m_bundle->path("/rootfs/state")));
        const auto state = QJsonDocument::fromJson(text).object();
        QCOMPARE(state[QStringLiteral("pid")].toInt(), 1);
        QCOMPARE(state[QStringLiteral("status")].toString(), QStringLiteral("created"));
    }

    void runsEachWhereItBelongs()
    {
        const std::string look
            = "readlink /proc/self/ns/pid; hostname; [ -e " + m_bundle->path() + " ] && echo host; true";
        const auto record = [&](const char* name) {
            return oci::Hook{ "/bin/sh", { "sh", "-c", "{ " + look + "; } > " + m_bundle->path(name) },
                { "PATH=/usr/bin:/bin" }, {} };
        };
        m_bundle->spec.hooks.createRuntime = { record("/runtime") };
        m_bundle->spec.hooks.createContainer = { record("/container") };
        m_bundle->spec.hooks.startContainer
            = { { "/bin/sh", { "sh", "-c", "{ " + look + "; } > /start" }, { "PATH=/bin" }, {} } };
        const auto output = m_bundle->run("readlink /proc/self/ns/pid; hostname");
        QVERIFY2(output.exitStatus == 0, said(output));
        char own[64] = {};
        QVERIFY(::readlink("/proc/self/ns/pid", own, sizeof own - 1) > 0);
        const std::string runtime = *readFile(m_bundle->path("/runtime"));
        QCOMPARE(runtime.rfind(std::string(own) + "\n", 0), std::size_t{ 0 });
        QVERIFY2(runtime.find("\nhost\n") != std::string::npos, runtime.c_str());
        QVERIFY2(runtime.find("\nhull\n") == std::string::npos, runtime.c_str());
        QCOMPARE(*readFile(m_bundle->path("/container")), output.standardOutput + "host\n");
        QCOMPARE(*readFile(m_bundle->path("/rootfs/start")), output.standardOutput);
    }

    void seesTheMountsBeforeTheRootChanges()
    {
        const std::string proc = m_bundle->path("/rootfs/proc/self/status");
        m_bundle->spec.hooks.createContainer
            = { { "/bin/sh", { "sh", "-c", "[ -e " + proc + " ] && echo mounted > " + notesPath() }, {}, {} } };
        QCOMPARE(m_bundle->run("true").exitStatus, 0);
        QCOMPARE(notes(), std::string("mounted\n"));
        QVERIFY(!exists(proc));
    }

    void givesOnlyTheEnvironmentThatIsNamed()
    {
        m_bundle->spec.hooks.createRuntime = { { "/usr/bin/env", { "env" }, { "A=b" }, {} } };
        const auto output = m_bundle->run("true");
        QCOMPARE(output.standardError, std::string("A=b\n"));
    }

    void runsTheHookInsideWithTheProgramsRights()
    {
        m_bundle->spec.process->user = { 77, 78, {}, {} };
        m_bundle->spec.hooks.startContainer = { { "/bin/sh",
            { "sh", "-c", "id -u >&2; grep -E 'CapEff|NoNewPrivs' /proc/self/status >&2" }, { "PATH=/bin" }, {} } };
        const auto output = m_bundle->run("true");
        QCOMPARE(output.standardError, std::string("77\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n"));
    }

    void takesTheContainerBackWhenOneFails_data()
    {
        QTest::addColumn<QString>("moment");
        for (const char* moment : { "prestart", "createRuntime", "createContainer", "startContainer", "poststart" })
            QTest::newRow(moment) << QString::fromLatin1(moment);
    }
    void takesTheContainerBackWhenOneFails()
    {
        QFETCH(QString, moment);
        listOf(moment) = { { "/bin/sh", { "sh", "-c", "exit 3" }, {}, {} }, { "/bin/true", {}, {}, {} } };
        m_bundle->spec.hooks.poststop = { note("poststop") };
        const auto output = m_bundle->run(moment == QLatin1String("poststart") ? "sleep 100" : "echo program");
        QCOMPARE(output.exitStatus, 1);
        QCOMPARE(output.standardOutput, std::string());
        const std::string message = moment.toStdString() + " hook /bin/sh: it ended with status 3";
        QVERIFY2(output.standardError.find(message) != std::string::npos, said(output));
        QCOMPARE(notes(), std::string("poststop\n"));
    }

    void onlyWarnsOfPoststop()
    {
        m_bundle->spec.hooks.poststop = { { "/bin/sh", { "sh", "-c", "exit 3" }, {}, {} }, note("the next") };
        const auto output = m_bundle->run("exit 5");
        QCOMPARE(output.exitStatus, 5);
        QVERIFY2(
            output.standardError.find("warning: hooks.poststop[0]: poststop hook") != std::string::npos, said(output));
        QCOMPARE(notes(), std::string("the next\n"));
    }

    void stopsWhatWasCreatedWhenAHookOfTheStartFails_data()
    {
        QTest::addColumn<QString>("moment");
        QTest::newRow("startContainer") << QStringLiteral("startContainer");
        QTest::newRow("poststart") << QStringLiteral("poststart");
    }
    void stopsWhatWasCreatedWhenAHookOfTheStartFails()
    {
        QFETCH(QString, moment);
        listOf(moment) = { { "/bin/sh", { "sh", "-c", "exit 3" }, { "PATH=/bin" }, {} }, note("the next") };
        m_bundle->spec.hooks.poststop = { note("poststop") };
        m_bundle->setScript("sleep 100");
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        const auto output = m_bundle->hull({ "start", "web" });
        QCOMPARE(output.exitStatus, 1);
        const std::string message = "hull: hooks." + moment.toStdString() + "[0]: " + moment.toStdString()
            + " hook /bin/sh: it ended with status 3";
        QVERIFY2(output.standardError.rfind(message, 0) == 0, said(output));
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("stopped"));
        QCOMPARE(notes(), std::string());
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 0);
        QCOMPARE(notes(), std::string("poststop\n"));
    }

    void endsOneThatTakesTooLong()
    {
        m_bundle->spec.hooks.createRuntime = { { "/bin/sleep", { "sleep", "1000" }, {}, 1 } };
        const auto output = m_bundle->run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(
            output.standardError.find("createRuntime hook /bin/sleep: it did not end within 1 s") != std::string::npos,
            said(output));
    }

    void endsWhatOneStartedThatTakesTooLong_data()
    {
        QTest::addColumn<QString>("moment");
        for (const char* moment : { "createRuntime", "createContainer", "startContainer", "poststart", "poststop" })
            QTest::newRow(moment) << QString::fromLatin1(moment);
    }
    void endsWhatOneStartedThatTakesTooLong()
    {
        QFETCH(QString, moment);
        // startContainer sees the container's root; the others the host's
        const std::string mark = "99" + std::to_string(::getpid());
        const std::string script = "sleep " + mark + " & sleep " + mark;
        listOf(moment) = { { "/bin/sh", { "sh", "-c", script }, { "PATH=/usr/bin:/bin" }, 1 } };
        const auto output = m_bundle->run("true");
        QVERIFY2(output.standardError.find("it did not end within 1 s") != std::string::npos, said(output));
        QVERIFY2(processesWith(mark).isEmpty(), processesWith(mark).join(QLatin1Char(' ')).toLatin1().constData());
    }

    void namesTheProgramThatIsNotThere()
    {
        m_bundle->spec.hooks.createRuntime = { { "/no/such/hook", {}, {}, {} } };
        const auto output = m_bundle->run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("createRuntime hook /no/such/hook: start it: No such file or directory")
                != std::string::npos,
            said(output));
    }

    void runsThemAtTheVerbsTheyBelongTo()
    {
        auto& hooks = m_bundle->spec.hooks;
        hooks.createRuntime = { note("createRuntime") };
        hooks.poststart = { note("poststart") };
        hooks.poststop = { note("poststop") };
        m_bundle->setScript("sleep 100");
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        QCOMPARE(notes(), std::string("createRuntime\n"));
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        QCOMPARE(notes(), std::string("createRuntime\npoststart\n"));
        QCOMPARE(m_bundle->hull({ "exec", "web", "true" }).exitStatus, 0);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        QCOMPARE(notes(), std::string("createRuntime\npoststart\npoststop\n"));
    }

    void keepsTheProgramsOutputApart()
    {
        m_bundle->spec.hooks.createRuntime = { { "/bin/echo", { "echo", "from the hook" }, {}, {} } };
        const auto output = m_bundle->run("echo from the program");
        QCOMPARE(output.standardOutput, std::string("from the program\n"));
        QCOMPARE(output.standardError, std::string("from the hook\n"));
    }

private:
    /// Pids of all that have `word` as an argument.
    static QStringList processesWith(const std::string& word)
    {
        QStringList pids;
        for (const QString& entry : QDir(QStringLiteral("/proc")).entryList({ QStringLiteral("[0-9]*") }, QDir::Dirs)) {
            auto text = readFile("/proc/" + entry.toStdString() + "/cmdline", 1U << 20U);
            if (text && QByteArray::fromStdString(*text).split('\0').contains(QByteArray::fromStdString(word)))
                pids << entry;
        }
        return pids;
    }
    std::string notesPath() const { return m_bundle->path("/notes"); }
    std::string notes() const
    {
        auto text = readFile(notesPath());
        return text ? *text : std::string();
    }
    oci::Hook note(const std::string& text) const
    {
        return { "/bin/sh", { "sh", "-c", "echo " + text + " >> " + notesPath() }, {}, {} };
    }
    std::vector<oci::Hook>& listOf(const QString& moment)
    {
        auto& hooks = m_bundle->spec.hooks;
        const std::map<QString, std::vector<oci::Hook>*> lists{ { QStringLiteral("prestart"), &hooks.prestart },
            { QStringLiteral("createRuntime"), &hooks.createRuntime },
            { QStringLiteral("createContainer"), &hooks.createContainer },
            { QStringLiteral("startContainer"), &hooks.startContainer },
            { QStringLiteral("poststart"), &hooks.poststart }, { QStringLiteral("poststop"), &hooks.poststop } };
        return *lists.at(moment);
    }
};

QTEST_GUILESS_MAIN(HullHooksTest)
#include "hull_hooks_test.moc"
