// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/agent_program.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace twinhull;

/// What is given to an agent is run by this computer's shells instead, as an agent does: by the words, with pipes.
class AgentProgramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isTheProgramItself_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("output");
        QTest::newRow("status and both streams")
            << QStringLiteral("printf '%s|' \"$@\"; echo wrong >&2; exit 7") << 7 << QStringLiteral("a b||$HOME;\"|");
        QTest::newRow("a signal") << QStringLiteral("kill -9 $$") << 128 + SIGKILL << QString();
        QTest::newRow("its process") << QStringLiteral("echo $PPID") << 0 << QStringLiteral("%1\n").arg(::getpid());
        QTest::newRow("standard input") << QStringLiteral("cat") << 0 << QStringLiteral("typed");
        QTest::newRow("no descriptor more")
            << QStringLiteral("[ -e /proc/self/fd/3 ] || echo none") << 0 << QStringLiteral("none\n");
    }
    void isTheProgramItself()
    {
        QFETCH(QString, script);
        QFETCH(int, status);
        QFETCH(QString, output);
        const auto ended = run({ "sh", "-c", script.toStdString(), "sh", "a b", "", "$HOME;\"" });
        QVERIFY2(ended, ended ? "" : ended.error().message.c_str());
        QCOMPARE(ended->exitStatus, status);
        QCOMPARE(QString::fromStdString(ended->standardOutput), output);
        QCOMPARE(ended->standardError, std::string(status == 7 ? "wrong\n" : ""));
    }

    void keepsTheBeginningAndReadsTheRestAway()
    {
        const auto ended = run({ "sh", "-c",
            "head -c 9000000 /dev/zero; head -c 9000000 /dev/zero >&2; echo \"$TMPDIR\"/* >\"$TMPDIR/seen\"; exit 3" });
        QVERIFY(ended);
        QCOMPARE(ended->exitStatus, 3);
        QCOMPARE(ended->standardOutput.size(), kAgentOutputLimitBytes + 1); // by which it is seen that there was more
        QCOMPARE(ended->standardError.size(), kAgentErrorLimitBytes + 1);
        const auto seen = readFile(m_folder.path().toStdString() + "/seen");
        QCOMPARE(QByteArray::fromStdString(seen.value()), QFile::encodeName(m_folder.path()) + "/*\n");
    }

    void saysThatAProgramIsMissing()
    {
        const auto ended = run({ "no-such-program-at-all", "x" });
        QVERIFY(ended);
        QCOMPARE(ended->exitStatus, 127);
        QCOMPARE(ended->standardError, std::string("twinhull: no such program"));
    }

    void runsAsItIsWhereTheShellHasNothing()
    {
        auto words = boundedProgram({ "/bin/sh", "-c", "echo out; exit 5" });
        words.front() = "/bin/sh";
        const auto ended = runCommand({ words, { "PATH=/none" }, {} }, CommandRun{ std::chrono::seconds(20) });
        QVERIFY(ended);
        QCOMPARE(ended->exitStatus, 5);
        QCOMPARE(ended->standardOutput, std::string("out\n"));
    }

private:
    Result<CommandOutput> run(const std::vector<std::string>& program) const
    {
        const std::string typed = m_folder.path().toStdString() + "-input";
        if (auto written = writeFileAtomically(typed, "typed"); !written)
            return std::move(written).error();
        auto input = openPath(typed, O_RDONLY);
        (void)::unlink(typed.c_str());
        if (!input)
            return std::move(input).error();
        CommandRun how{ std::chrono::seconds(20) };
        how.input = input->fd();
        return runCommand(
            { boundedProgram(program), { "PATH=/usr/bin:/bin", "TMPDIR=" + m_folder.path().toStdString() }, {} }, how);
    }

    const QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(AgentProgramTest)
#include "agent_program_test.moc"
