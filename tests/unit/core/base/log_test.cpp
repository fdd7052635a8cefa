// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"

#include "core/base/files.h"

#include <QTest>

#include <unistd.h>

#include <cerrno>
#include <thread>
#include <vector>

using namespace twinhull;

namespace {

const std::string kProgram = program_invocation_short_name;

/// Standard error goes into a pipe from the constructor to text().
class CapturedStandardError {
public:
    CapturedStandardError()
    {
        int ends[2] = { -1, -1 };
        if (::pipe(ends) != 0)
            qFatal("pipe");
        m_reader.reset(ends[0]);
        m_saved.reset(::dup(STDERR_FILENO));
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[1]);
    }
    std::string text()
    {
        ::dup2(m_saved.fd(), STDERR_FILENO); // closes the last writer
        return readAll(m_reader, 1U << 20U).value();
    }

private:
    UniqueFd m_reader;
    UniqueFd m_saved;
};

}

class LogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { setLogLevel(LogLevel::Info); }

    void writesOneLineWithTheProgramAndTheLevel()
    {
        CapturedStandardError captured;
        log(LogLevel::Warning, "no cgroup");
        QCOMPARE(captured.text(), kProgram + ": warning: no cgroup\n");
    }

    void keepsHostileTextOnOneLine()
    {
        const std::string line = logLine(LogLevel::Info, "a\nb\x1b[31mc\n");
        QVERIFY(line.ends_with(": info: a b?[31mc"));
    }

    void leavesOutWhatIsBelowTheLevel()
    {
        CapturedStandardError captured;
        setLogLevel(LogLevel::Error);
        log(LogLevel::Warning, "hidden");
        log(LogLevel::Error, Error{ ErrorCode::Io, "shown", 0, "Do this." });
        QCOMPARE(captured.text(), kProgram + ": error: shown. Do this.\n");
    }

    void doesNotMixTheLinesOfThreads()
    {
        CapturedStandardError captured;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([] {
                for (int n = 0; n < 50; ++n)
                    log(LogLevel::Info, "0123456789");
            });
        for (auto& thread : threads)
            thread.join();
        const QStringList lines = QString::fromStdString(captured.text()).split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 200);
        for (const auto& line : lines)
            QCOMPARE(line, QString::fromStdString(kProgram + ": info: 0123456789"));
    }
};

QTEST_GUILESS_MAIN(LogTest)
#include "log_test.moc"
