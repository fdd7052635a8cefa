// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/log_follower.h"
#include "app/twinhullctl/log_tail.h"

#include "core/base/files.h"
#include "core/monitor/log_file.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <functional>
#include <iterator>
#include <sstream>
#include <thread>
#include <vector>

#include <unistd.h>

using namespace twinhull;

namespace {

/// Rotated at every sixtieth line or so, and all are kept.
constexpr LogLimits kManySmall{ 4096, 100 };
constexpr int kLines = 5000;

/// Standard output goes to a file while this lives.
class CaughtLines {
public:
    explicit CaughtLines(std::string path) : m_path(std::move(path)), m_before(::dup(STDOUT_FILENO))
    {
        const auto file = openPath(m_path, O_WRONLY | O_CREAT | O_TRUNC);
        (void)::dup2(file->fd(), STDOUT_FILENO);
    }
    ~CaughtLines() { (void)::dup2(m_before.fd(), STDOUT_FILENO); }
    CaughtLines(const CaughtLines&) = delete;
    CaughtLines& operator=(const CaughtLines&) = delete;

    std::string text() const { return *readFile(m_path); }

private:
    std::string m_path;
    UniqueFd m_before;
};

std::string numbered(int from, int end)
{
    std::string text;
    for (int n = from; n < end; ++n)
        text += std::to_string(n) + '\n';
    return text;
}

bool write(LogFile& log, int from, int end)
{
    for (int n = from; n < end; ++n) {
        if (!log.append(LogStream::Output, std::to_string(n) + '\n', n))
            return false;
    }
    return true;
}

} // namespace

/// A log that is rotated while it is followed, by what rotates those of containers.
class LogFollowerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void losesNothingWhileItIsRotatedFast()
    {
        auto log = LogFile::open(path("log"), kManySmall);
        QVERIFY(log && write(*log, 0, 100));
        LogFollower follower(pathText("log"), LogPrinter(WorkloadKind::Container, {}), nullptr);
        const CaughtLines out(path("out"));
        QVERIFY(begin(follower));
        follower.watch();
        std::atomic<bool> isDone = false;
        bool isWritten = false;
        std::thread writer([&] {
            isWritten = write(*log, 100, kLines);
            isDone = true;
        });
        while (!isDone)
            QTest::qWait(1);
        writer.join();
        QVERIFY(follower.printRest());
        QVERIFY(isWritten);
        QVERIFY2(out.text() == numbered(0, kLines), "lines are missing, twice there or in another order");
    }

    void readsWhatStoodBetweenTwoRotations()
    {
        auto log = LogFile::open(path("log"), kManySmall);
        QVERIFY(log && write(*log, 0, 10));
        LogFollower follower(pathText("log"), LogPrinter(WorkloadKind::Container, {}), nullptr);
        const CaughtLines out(path("out"));
        QVERIFY(begin(follower));
        QVERIFY(write(*log, 10, 300));
        QVERIFY(exists(path("log.3")));
        QVERIFY(follower.printRest());
        QCOMPARE(out.text(), numbered(0, 300));
    }

    /// What is gone is gone; what is left is in order.
    void goesOnWhereItsFileWasRotatedAwayForGood()
    {
        auto log = LogFile::open(path("log"), { 4096, 2 });
        QVERIFY(log && write(*log, 0, 10));
        LogFollower follower(pathText("log"), LogPrinter(WorkloadKind::Container, {}), nullptr);
        const CaughtLines out(path("out"));
        QVERIFY(begin(follower));
        QVERIFY(write(*log, 10, 1000));
        QVERIFY(follower.printRest());
        std::istringstream lines(out.text());
        std::vector<int> told{ std::istream_iterator<int>(lines), {} };
        QVERIFY(!told.empty() && told.front() == 0 && told.back() == 999);
        QVERIFY(std::adjacent_find(told.begin(), told.end(), std::greater_equal<>()) == told.end());
    }

    void showsTheLastLinesOfSeveralFiles()
    {
        auto log = LogFile::open(path("log"), kManySmall);
        QVERIFY(log && write(*log, 0, 300));
        LogFollower follower(pathText("log"), LogPrinter(WorkloadKind::Container, {}), nullptr);
        const CaughtLines out(path("out"));
        auto files = openLogs(pathText("log"));
        QVERIFY(files);
        keepTail(*files, 150);
        QVERIFY(follower.begin(*std::move(files)));
        QVERIFY(follower.printRest());
        QCOMPARE(out.text(), numbered(150, 300));
    }

private:
    bool begin(LogFollower& follower) const
    {
        auto files = openLogs(pathText("log"));
        return files && follower.begin(*std::move(files));
    }

    QString pathText(const char* name) const { return m_folder->filePath(QLatin1String(name)); }
    std::string path(const char* name) const { return pathText(name).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(LogFollowerTest)
#include "log_follower_test.moc"
