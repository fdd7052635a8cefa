// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/poll_loop.h"

#include <QtTest>

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <thread>

using namespace twinhull;

namespace {

struct Seen {
    std::atomic<int> calls = 0;
    std::atomic<int> events = 0;
    std::atomic<bool> isFreed = false;
    std::atomic<bool> isFreedOnLoop = false;
    std::thread::id caller;
};

void noteHandle(int, int, int events, void* opaque)
{
    auto* seen = static_cast<Seen*>(opaque);
    seen->caller = std::this_thread::get_id();
    seen->events = events;
    ++seen->calls;
}

void noteTimer(int, void* opaque)
{
    ++static_cast<Seen*>(opaque)->calls;
}

void noteFree(void* opaque)
{
    auto* seen = static_cast<Seen*>(opaque);
    seen->isFreedOnLoop = seen->calls == 0 || seen->caller == std::this_thread::get_id();
    seen->isFreed = true;
}

} // namespace

class PollLoopTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        std::array<int, 2> pair{};
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
        m_ours.reset(pair[0]);
        m_others.reset(pair[1]);
        m_seen = std::make_unique<Seen>();
        m_loop = std::make_unique<PollLoop>();
        m_thread = std::thread([this] { m_loop->run(); });
    }

    void cleanup()
    {
        m_loop->stop();
        m_thread.join();
    }

    void tellsWhatCanBeRead()
    {
        Seen& seen = *m_seen;
        const int watch = m_loop->addHandle(m_ours.fd(), VIR_EVENT_HANDLE_READABLE, noteHandle, &seen, noteFree);
        QVERIFY(watch > 0);
        QTest::qWait(20);
        QCOMPARE(seen.calls.load(), 0);
        QCOMPARE(::send(m_others.fd(), "x", 1, 0), 1);
        QTRY_VERIFY(seen.calls > 0);
        QCOMPARE(seen.events.load(), int(VIR_EVENT_HANDLE_READABLE));
        QCOMPARE(m_loop->removeHandle(watch), 0);
        QTRY_VERIFY(seen.isFreed);
        QVERIFY(seen.isFreedOnLoop);
        QCOMPARE(m_loop->removeHandle(watch), -1);
        const int calls = seen.calls;
        QTest::qWait(20);
        QCOMPARE(seen.calls.load(), calls); // there is still something to read, and nobody who waits for it
    }

    void anUpdateChangesWhatIsWaitedFor()
    {
        Seen& seen = *m_seen;
        const int watch = m_loop->addHandle(m_ours.fd(), 0, noteHandle, &seen, nullptr);
        QTest::qWait(20);
        QCOMPARE(seen.calls.load(), 0);
        m_loop->updateHandle(watch, VIR_EVENT_HANDLE_WRITABLE);
        QTRY_VERIFY(seen.calls > 0);
        QCOMPARE(seen.events.load(), int(VIR_EVENT_HANDLE_WRITABLE));
        QCOMPARE(m_loop->removeHandle(watch), 0);
    }

    void tellsThatTheOtherSideHasGone()
    {
        Seen& seen = *m_seen;
        const int watch = m_loop->addHandle(m_ours.fd(), VIR_EVENT_HANDLE_READABLE, noteHandle, &seen, nullptr);
        m_others.reset();
        QTRY_VERIFY((seen.events & VIR_EVENT_HANDLE_HANGUP) != 0);
        QCOMPARE(m_loop->removeHandle(watch), 0);
    }

    void aTimerComesAgainUntilItIsStopped()
    {
        Seen& seen = *m_seen;
        const int timer = m_loop->addTimeout(-1, noteTimer, &seen, noteFree);
        QTest::qWait(20);
        QCOMPARE(seen.calls.load(), 0);
        m_loop->updateTimeout(timer, 1);
        QTRY_VERIFY(seen.calls >= 3);
        m_loop->updateTimeout(timer, -1);
        QTest::qWait(20);
        const int calls = seen.calls;
        QTest::qWait(20);
        QCOMPARE(seen.calls.load(), calls);
        seen.calls = 0;
        QCOMPARE(m_loop->removeTimeout(timer), 0);
        QTRY_VERIFY(seen.isFreed);
        QCOMPARE(m_loop->removeTimeout(timer), -1);
    }

private:
    std::unique_ptr<Seen> m_seen; ///< a last call may come while it is removed
    UniqueFd m_ours;
    UniqueFd m_others;
    std::unique_ptr<PollLoop> m_loop;
    std::thread m_thread;
};

QTEST_GUILESS_MAIN(PollLoopTest)
#include "poll_loop_test.moc"
