// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/log_readers.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/file.h>
#include <sys/wait.h>

#include <csignal>

using namespace twinhull;
using namespace std::chrono_literals;

/// Who waits for readers that hold a lock, as flock(1) does here.
class LogReadersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }

    void init() { m_reader = -1; }

    void cleanup()
    {
        if (m_reader <= 0)
            return;
        (void)::kill(m_reader, SIGKILL);
        (void)::waitpid(m_reader, nullptr, 0);
    }

    void waitsForNobody() { QVERIFY(awaitReaders(path())); }

    /// It only waits, as where a pager does not read on.
    void waitsForOneThatIsAwakeLongerThanForAStoppedOne()
    {
        begin("3");
        QVERIFY(awaitReaders(path(), 1s));
    }

    void givesAStoppedOneUp()
    {
        begin("1000");
        QCOMPARE(::kill(m_reader, SIGSTOP), 0);
        QVERIFY(!awaitReaders(path(), 1s));
    }

    void waitsForOneThatGoesOnInTime()
    {
        begin("1");
        QCOMPARE(::kill(m_reader, SIGSTOP), 0);
        auto later = spawn({ { "/bin/sh", "-c", "sleep 1; kill -CONT " + std::to_string(m_reader) }, {}, {} }, {});
        QVERIFY(later);
        QVERIFY(awaitReaders(path(), 60s));
        (void)::waitpid(later->pid, nullptr, 0);
    }

private:
    void begin(const char* seconds)
    {
        const auto child
            = spawn({ { findExecutable("flock"), "--shared", "--no-fork", path(), "sleep", seconds }, {}, {} }, {});
        QVERIFY(child);
        m_reader = child->pid;
        QTRY_VERIFY(isHeld());
    }

    bool isHeld() const
    {
        const auto folder = openPath(path(), O_RDONLY | O_DIRECTORY);
        return folder && ::flock(folder->fd(), LOCK_EX | LOCK_NB) != 0;
    }

    std::string path() const { return m_folder.path().toStdString(); }

    QTemporaryDir m_folder;
    pid_t m_reader = -1;
};

QTEST_GUILESS_MAIN(LogReadersTest)
#include "log_readers_test.moc"
