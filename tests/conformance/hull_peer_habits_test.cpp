// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

/// What scripts and engines that were written for crun and runc count on beyond the options: exit statuses, outputs,
/// what a program is given. Each was looked up by running the three side by side.
class HullPeerHabitsTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (m_bundle)
            m_bundle->setScript("exec sleep 100");
    }
    void cleanup() { tearDown(); }

    void tellsAProgramThatDidNotStartFromOneThatFailed_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const QStringList& words, int status, const char* message) {
            QTest::newRow(name) << words << status << QString::fromLatin1(message);
        };
        const auto words = [](const char* text) { return QString::fromLatin1(text).split(QLatin1Char(' ')); };
        row("its own status", words("web ls /none"), 1, "");
        row("path", words("web /bin/none"), 255, "No such file or directory");
        row("name", words("web none"), 255, "executable file not found in");
        row("folder", words("web /bin"), 255, "Permission denied");
        row("working folder", words("--cwd /none web pwd"), 255, "/none: No such file or directory");
        row("user", words("--user root web true"), 255, "expected UID");
        row("no container", words("none true"), 255, "does not exist");
        row("no program", words("web"), 255, "the program to run");
    }
    void tellsAProgramThatDidNotStartFromOneThatFailed()
    {
        QFETCH(QStringList, words);
        QFETCH(int, status);
        QFETCH(QString, message);
        QCOMPARE(m_bundle->start("web"), 0);
        std::vector<std::string> all{ "exec" };
        for (const auto& word : words)
            all.push_back(word.toStdString());
        const auto output = m_bundle->hull(all);
        QVERIFY2(output.exitStatus == status, said(output));
        QVERIFY2(QString::fromStdString(output.standardError).contains(message), said(output));
        QVERIFY(!exists(m_bundle->path("/rootfs/none")));
    }

    void givesAUserNoCapabilityThatTheContainersProgramWouldNotHave()
    {
        auto& sets = *m_bundle->spec.process->capabilities;
        for (auto* set : { &sets.bounding, &sets.effective, &sets.permitted, &sets.ambient })
            *set = { "CAP_KILL" };
        sets.inheritable = {}; // as `runc spec` writes it
        QCOMPARE(m_bundle->start("web"), 0);
        const auto user = m_bundle->hull({ "exec", "--user", "12", "web", "grep", "CapEff", "/proc/self/status" });
        QCOMPARE(user.standardOutput, std::string("CapEff:\t0000000000000000\n"));
        const auto root = m_bundle->hull(
            { "exec", "--cap", "CAP_CHOWN", "web", "grep", "-E", "Cap(Inh|Eff|Amb)", "/proc/self/status" });
        QCOMPARE(root.standardOutput,
            std::string("CapInh:\t0000000000000000\nCapEff:\t0000000000000021\nCapAmb:\t0000000000000000\n"));
        QCOMPARE(root.standardError, std::string());
    }

    void showsProcessesAsPsDoes_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("header");
        QTest::newRow("of System V") << QStringList{ QStringLiteral("-ef") } << QStringLiteral("UID");
        QTest::newRow("of BSD") << QStringList{ QStringLiteral("aux") } << QStringLiteral("USER");
        QTest::newRow("columns") << QStringList{ QStringLiteral("-e"), QStringLiteral("-o"),
            QStringLiteral("pid,args") }
                                 << QStringLiteral("    PID");
    }
    void showsProcessesAsPsDoes()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, header);
        if (findExecutable("ps").empty())
            QSKIP("ps (procps) is not installed");
        QCOMPARE(m_bundle->start("web"), 0);
        std::vector<std::string> words{ "ps", "web" };
        for (const auto& option : options)
            words.push_back(option.toStdString());
        const auto output = m_bundle->hull(words);
        QVERIFY2(output.exitStatus == 0, said(output));
        const auto lines = QString::fromStdString(output.standardOutput).split(u'\n');
        QVERIFY2(lines.size() == 3 && lines[2].isEmpty(), said(output)); // this container's and no other process
        QVERIFY2(lines[0].trimmed().startsWith(header.trimmed()), said(output));
        QVERIFY2(lines[1].contains(QLatin1String("sleep 100")), said(output));
    }

    void takesTheFormatOnBothSidesOfTheId()
    {
        QCOMPARE(m_bundle->start("web"), 0);
        const std::string expected = "[" + std::to_string(m_bundle->pidOf("web")) + "]\n";
        QCOMPARE(m_bundle->hull({ "ps", "--format", "json", "web" }).standardOutput, expected);
        QCOMPARE(m_bundle->hull({ "ps", "web", "--format=json" }).standardOutput, expected);
        QCOMPARE(m_bundle->hull({ "ps", "web", "-f", "json" }).standardOutput, expected);
        const auto unknown = m_bundle->hull({ "ps", "--format", "xml", "web" });
        QVERIFY2(unknown.exitStatus == 1 && !unknown.standardError.empty(), said(unknown));
        const auto blind = m_bundle->hull({ "ps", "web", "-eo", "args" });
        QVERIFY2(blind.standardError.find("no column PID") != std::string::npos, said(blind));
    }

    void passesSocketsOfAServiceManagerOn_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* before, const char* option, const char* expected) {
            QTest::newRow(name) << QString::fromLatin1(before) << QString::fromLatin1(option)
                                << QString::fromLatin1(expected);
        };
        row("for hull", "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=web", "", "1 1 web\nthird\n");
        row("and one more", "LISTEN_PID=$$ LISTEN_FDS=1", "--preserve-fds=1", "1 1\nthird\nfourth\n");
        row("for somebody else", "LISTEN_PID=1 LISTEN_FDS=1", "", "\n");
        row("not at all", "", "--preserve-fds=1", "\nthird\n");
    }
    void passesSocketsOfAServiceManagerOn()
    {
        QFETCH(QString, before);
        QFETCH(QString, option);
        QFETCH(QString, expected);
        m_bundle->setScript(
            "echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; for n in 3 4; do [ -e /proc/self/fd/$n ] && cat <&$n; done");
        m_bundle->write();
        for (const char* name : { "third", "fourth" })
            QVERIFY(writeFileAtomically(m_bundle->path("/") + name, std::string(name) + "\n", 0644));
        const std::string script = "exec 3<" + m_bundle->path("/third") + " 4<" + m_bundle->path("/fourth") + "; "
            + before.toStdString() + " exec " + m_bundle->program + " --root " + m_bundle->root() + " run "
            + option.toStdString() + " --bundle " + m_bundle->path() + " " + m_bundle->nextId();
        auto output = runCommand({ { "sh", "-c", script }, {}, {} }, std::chrono::seconds(30));
        QVERIFY(output);
        QCOMPARE(
            QString::fromStdString(output->standardOutput).replace(QLatin1String("  "), QLatin1String(" ")), expected);
    }

    void passesWhatTheCallersGroupsMayDoOn()
    {
        m_bundle->prefix = { "setpriv", "--groups", "1234" };
        QCOMPARE(m_bundle->run("id -G").standardOutput, std::string("0\n"));
        m_bundle->spec.annotations["run.oci.keep_original_groups"] = "1";
        QCOMPARE(m_bundle->run("id -G").standardOutput, std::string("0 1234\n"));
        QVERIFY(m_bundle->isClean());
    }
};

QTEST_GUILESS_MAIN(HullPeerHabitsTest)
#include "hull_peer_habits_test.moc"
