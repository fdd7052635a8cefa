// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Before every test (th_test_target() in tests/CMakeLists.txt): what QTest does by itself and a busy computer minds.

#include <QTest>

#include <chrono>
#include <cstdint>
#include <cstdlib>

namespace twinhull::test {

/// How long a test waits for what has to come: to have to wait is no failure. A program that starts, a container and
/// an emulated machine take seconds where two tests and the lint share two cores, and QTest gives up after five.
constexpr int kTestPatienceMilliseconds = 30'000;

/// QTest::qExec() sets this variable, and a thread that a member of the test has begun may be reading the environment
/// just then: where it is set already, setenv(3) moves nothing.
inline const bool kIsTestAnnounced = ::setenv("QT_QTESTLIB_RUNNING", "1", 1) == 0;

} // namespace twinhull::test

namespace twinhull::test {

constexpr int kPauseMilliseconds = 50;
constexpr int kEnoughAsks = 60;

/// Pauses count as waiting, as in QTest: what a busy computer takes for an answer is no fault of the test. But where
/// one ask is dear, as the run of a program is, they would come to many minutes: then the time that passed counts,
/// twice as much of it, once there were enough asks.
constexpr bool isPatienceOver(int pausedMilliseconds, int asks, std::int64_t passedMilliseconds, int timeout)
{
    return pausedMilliseconds >= timeout
        || (asks >= kEnoughAsks && passedMilliseconds >= 2 * static_cast<std::int64_t>(timeout));
}
static_assert(!isPatienceOver(29'950, 599, 59'000, 30'000) && isPatienceOver(30'000, 600, 30'000, 30'000));
static_assert(
    !isPatienceOver(2'950, 59, 600'000, 30'000), "a slow computer is asked often enough, however long it takes");
static_assert(isPatienceOver(3'000, 60, 63'000, 30'000), "a dear condition is not asked for ten minutes");

/// Of one condition.
class Patience {
public:
    explicit Patience(int timeout) : m_timeout(timeout) { }

    bool isLeft() const
    {
        const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - m_begun).count();
        return !isPatienceOver(m_paused, m_asks, passed, m_timeout)
            && !(QTest::runningTest() && QTest::currentTestFailed());
    }
    void pause()
    {
        QTest::qWait(kPauseMilliseconds);
        m_paused += kPauseMilliseconds;
        ++m_asks;
    }

private:
    using Clock = std::chrono::steady_clock;

    int m_timeout;
    int m_paused = 0;
    int m_asks = 0;
    Clock::time_point m_begun = Clock::now();
};

} // namespace twinhull::test

/// The condition is asked once where it holds and not four times as by QTest, and needs to hold once.
#define TH_AWAIT(condition, timeout)                                                                                   \
    twinhull::test::Patience thPatience(timeout);                                                                      \
    bool thHasCome = static_cast<bool>(condition);                                                                     \
    if (!thHasCome) {                                                                                                  \
        QTest::qWait(0);                                                                                               \
        thHasCome = static_cast<bool>(condition);                                                                      \
    }                                                                                                                  \
    while (!thHasCome && thPatience.isLeft()) {                                                                        \
        thPatience.pause();                                                                                            \
        thHasCome = static_cast<bool>(condition);                                                                      \
    }

#undef QTRY_VERIFY_WITH_TIMEOUT
#define QTRY_VERIFY_WITH_TIMEOUT(expr, timeout)                                                                        \
    do {                                                                                                               \
        TH_AWAIT(expr, timeout)                                                                                        \
        if (!thHasCome)                                                                                                \
            QVERIFY(expr);                                                                                             \
    } while (false)
#undef QTRY_VERIFY2_WITH_TIMEOUT
#define QTRY_VERIFY2_WITH_TIMEOUT(expr, message, timeout)                                                              \
    do {                                                                                                               \
        TH_AWAIT(expr, timeout)                                                                                        \
        if (!thHasCome)                                                                                                \
            QVERIFY2(expr, message);                                                                                   \
    } while (false)
#undef QTRY_COMPARE_WITH_TIMEOUT
#define QTRY_COMPARE_WITH_TIMEOUT(expr, expected, timeout)                                                             \
    do {                                                                                                               \
        TH_AWAIT((expr) == (expected), timeout)                                                                        \
        if (!thHasCome)                                                                                                \
            QCOMPARE(expr, expected);                                                                                  \
    } while (false)

#undef QTRY_VERIFY
#define QTRY_VERIFY(expr) QTRY_VERIFY_WITH_TIMEOUT(expr, twinhull::test::kTestPatienceMilliseconds)
#undef QTRY_VERIFY2
#define QTRY_VERIFY2(expr, message) QTRY_VERIFY2_WITH_TIMEOUT(expr, message, twinhull::test::kTestPatienceMilliseconds)
#undef QTRY_COMPARE
#define QTRY_COMPARE(expr, expected)                                                                                   \
    QTRY_COMPARE_WITH_TIMEOUT(expr, expected, twinhull::test::kTestPatienceMilliseconds)
