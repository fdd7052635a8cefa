// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

using namespace twinhull;
using namespace twinhull::test;

/// The options of exec, run and create, as crun and runc have them.
class HullVerbsExecTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (!m_bundle)
            return;
        m_bundle->spec.process->capabilities->bounding = { "CAP_KILL" };
        m_bundle->spec.process->capabilities->permitted = { "CAP_KILL" };
        m_bundle->spec.process->capabilities->effective = { "CAP_KILL" };
        m_bundle->spec.process->capabilities->inheritable = {};
        m_bundle->spec.process->capabilities->ambient = {};
        m_bundle->spec.process->noNewPrivileges = false;
        m_bundle->setScript("exec sleep 100");
    }
    void cleanup() { tearDown(); }

    void readsOptionsInEverySpelling_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const QStringList& options, const char* script, const char* expected) {
            QTest::newRow(name) << options << QString::fromLatin1(script) << QString::fromLatin1(expected);
        };
        const auto words = [](const char* text) { return QString::fromLatin1(text).split(QLatin1Char(' ')); };
        const char* caps = "grep CapEff /proc/self/status";
        row("user apart", words("--user 12:13"), "id -u; id -g", "12\n13\n");
        row("user after =", words("--user=12"), "id -u; id -g", "12\n0\n");
        row("user after the letter", words("-u12:13"), "id -u; id -g", "12\n13\n");
        row("groups", words("-u 12:13 -g 14 --additional-gids=15"), "id -G", "13 14 15\n");
        row("folder", words("--cwd /bin"), "pwd", "/bin\n");
        row("variables", words("-e A=1 --env=B=2 --env A=3"), "echo $A$B", "32\n");
        row("no new capability", {}, caps, "CapEff:\t0000000000000020\n");
        row("a capability", words("--cap CAP_CHOWN"), caps, "CapEff:\t0000000000000021\n");
        row("capabilities in short, as a user", words("-c chown -c kill -u 12"), caps, "CapEff:\t0000000000000021\n");
        row("new privileges", {}, "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t0\n");
        row("no new privileges", words("--no-new-privs"), "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t1\n");
        row("switched off", words("--no-new-privs=false"), "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t0\n");
    }
    void readsOptionsInEverySpelling()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, script);
        QFETCH(QString, expected);
        QCOMPARE(m_bundle->start("web"), 0);
        std::vector<std::string> words{ "exec" };
        for (const auto& option : options)
            words.push_back(option.toStdString());
        words.insert(words.end(), { "web", "/bin/sh", "-c", script.toStdString() });
        const auto output = m_bundle->hull(words);
        QVERIFY2(output.exitStatus == 0, said(output));
        QCOMPARE(QString::fromStdString(output.standardOutput), expected);
    }

    void refusesWhatMakesNoSense_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* option, const char* message) {
            QTest::newRow(option) << QString::fromLatin1(option) << QString::fromLatin1(message);
        };
        row("--cap=fly", "--cap fly is no capability");
        row("--additional-gids=12x", "expected a group's number");
        row("--user=12x", "expected UID or UID:GID");
        row("--user=4294967295", "that id stands for none");
        row("--user=0:4294967295", "that id stands for none");
        row("--events=/tmp", "--exit-event and --events go together");
        row("--exit-event={}", "--exit-event and --events go together");
        row("--cwd=bin", "--cwd must be an absolute path");
        row("--colour", "unknown option --colour");
        row("-dX", "unknown option -X");
        row("--process=/none", "/none: No such file or directory");
    }
    void refusesWhatMakesNoSense()
    {
        QFETCH(QString, option);
        QFETCH(QString, message);
        QCOMPARE(m_bundle->start("web"), 0);
        refuses({ "exec", option.toStdString(), "web", "/bin/true" }, message);
    }

    void runsADetachedProcessFromAFile()
    {
        QCOMPARE(m_bundle->start("web"), 0);
        auto process = *m_bundle->spec.process;
        process.args = { "/bin/sleep", "50" };
        process.user.uid = 12;
        const std::string file = m_bundle->path("/process.json");
        const std::string pidFile = m_bundle->path("/exec.pid");
        QVERIFY(writeFileAtomically(file, encodeProcess(process), 0644));
        const auto output = m_bundle->hullIntoFile({ "exec", "-d", "--pid-file", pidFile, "--process", file, "web" });
        QVERIFY2(output.exitStatus == 0, said(output));
        struct stat info { };
        QCOMPARE(::stat(("/proc/" + *readFile(pidFile)).c_str(), &info), 0);
        QCOMPARE(info.st_uid, 12U);
        QVERIFY(
            m_bundle->hull({ "ps", "web" }).standardOutput.find("\n" + *readFile(pidFile) + "\n") != std::string::npos);
    }

    void runsAConfigurationOfAnyName()
    {
        m_bundle->setScript("exit 9");
        const auto text = encodeRuntimeSpec(m_bundle->spec);
        QVERIFY(writeFileAtomically(m_bundle->path("/other.json"), text, 0644));
        for (const std::string& config : { std::string("other.json"), m_bundle->path("/other.json") }) {
            const auto output
                = m_bundle->hull({ "run", "--bundle", m_bundle->path(), "--config", config, m_bundle->nextId() });
            QVERIFY2(output.exitStatus == 9, said(output));
        }
        refuses({ "run", "-b", m_bundle->path(), "-f", "none.json", "x" }, QStringLiteral("has no none.json"));
    }

    void takesOptionsThatChangeNothingVisible()
    {
        m_bundle->setScript("exit 4");
        m_bundle->write();
        const auto run = m_bundle->hull({ "run", "--no-new-keyring", "--no-subreaper", "--no-pivot", "--bundle",
            m_bundle->path(), m_bundle->nextId() });
        QVERIFY2(run.exitStatus == 4, said(run));
        QVERIFY2(run.standardError.find("--no-pivot is left out") != std::string::npos, said(run));
    }

    void saysAtCreateThatTheProgramIsMissing_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("message");
        QTest::newRow("path") << QStringLiteral("/bin/none") << QStringLiteral("start /bin/none: No such file");
        QTest::newRow("folder") << QStringLiteral("/bin") << QStringLiteral("start /bin: Permission denied");
        QTest::newRow("name") << QStringLiteral("none") << QStringLiteral("executable file not found");
    }
    void saysAtCreateThatTheProgramIsMissing()
    {
        QFETCH(QString, program);
        QFETCH(QString, message);
        m_bundle->spec.process->args = { program.toStdString() };
        const auto output = m_bundle->create("web");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(QString::fromStdString(output.standardOutput).contains(message), said(output));
        QVERIFY(m_bundle->isClean());
    }
};

QTEST_GUILESS_MAIN(HullVerbsExecTest)
#include "hull_verbs_exec_test.moc"
