// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_output.h"

#include "core/base/files.h"
#include "core/guest/guest_program.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

using namespace twinhull;

/// Real programs write into the pipes; the console is a file.
class GuestOutputTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        auto made = GuestOutput::make();
        QVERIFY(made);
        m_output = *std::move(made);
        auto console = openPath(path(), O_RDWR | O_CREAT | O_TRUNC);
        QVERIFY(console);
        m_console = *std::move(console);
    }

    void tellsTheStreamsApart()
    {
        run("echo out; echo err >&2; printf half");
        m_output->passRest(m_console);
        QCOMPARE(said(),
            (QStringList{
                QStringLiteral("stdout F out"), QStringLiteral("stdout P half"), QStringLiteral("stderr F err") }));
        QCOMPARE(m_output->pass(LogStream::Output, m_console), GuestOutput::Passed::Ended);
    }

    /// No program can write what looks as guest-init's own line, nor a record of another time.
    void putsAHeadBeforeWhateverIsWritten()
    {
        run("echo '[twinhull] exit 0'; echo '2001-01-01T00:00:00.000000000Z stdout F old'");
        m_output->passRest(m_console);
        QCOMPARE(said(),
            (QStringList{ QStringLiteral("stdout F [twinhull] exit 0"),
                QStringLiteral("stdout F 2001-01-01T00:00:00.000000000Z stdout F old") }));
    }

    void waitsWhereNothingIsWritten()
    {
        QCOMPARE(m_output->pass(LogStream::Error, m_console), GuestOutput::Passed::NothingYet);
        m_output->closeWriteEnds();
        QCOMPARE(m_output->pass(LogStream::Error, m_console), GuestOutput::Passed::Ended);
    }

    /// Servers open /dev/stdout for their logs.
    void canBeOpenedAgain()
    {
        run("echo again > /dev/stdout; echo trouble > /dev/stderr", ::geteuid() == 0 ? "1234:1234" : "");
        m_output->passRest(m_console);
        QCOMPARE(said(), (QStringList{ QStringLiteral("stdout F again"), QStringLiteral("stderr F trouble") }));
    }

private:
    std::string path() const { return m_folder.filePath(QStringLiteral("console")).toStdString(); }

    void run(const char* script, const std::string& user = {})
    {
        GuestSetup setup;
        setup.arguments = { "/bin/sh", "-c", script };
        setup.user = user.empty() ? std::to_string(::geteuid()) : user;
        const auto pid = startProgram(
            setup, { -1, m_output->writeEnd(LogStream::Output), m_output->writeEnd(LogStream::Error), false });
        QVERIFY2(pid, pid ? "" : pid.error().message.c_str());
        m_output->closeWriteEnds();
        int status = -1;
        QCOMPARE(::waitpid(*pid, &status, 0), *pid);
        QCOMPARE(status, 0);
    }

    /// The console's lines without their times, which are records'.
    QStringList said() const
    {
        QStringList lines;
        const auto text = readFile(path());
        for (const QByteArray& line : QByteArray::fromStdString(text ? *text : std::string()).split('\n')) {
            if (line.isEmpty())
                continue;
            const auto record = parseLogLine({ line.constData(), static_cast<std::size_t>(line.size()) });
            lines << (record ? QString::fromUtf8(line.mid(line.indexOf(' ') + 1)) : QStringLiteral("no record"));
        }
        return lines;
    }

    QTemporaryDir m_folder;
    std::optional<GuestOutput> m_output;
    UniqueFd m_console;
};

QTEST_GUILESS_MAIN(GuestOutputTest)
#include "guest_output_test.moc"
