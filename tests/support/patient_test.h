// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Before every test (th_test_target() in tests/CMakeLists.txt): what QTest does by itself and a busy computer minds.

#include <QTest>

#include <cstdlib>

namespace twinhull::test {

/// How long a test waits for what has to come: to have to wait is no failure. A program that starts, a container and
/// an emulated machine take seconds where two tests and the lint share two cores, and QTest gives up after five.
constexpr int kTestPatienceMilliseconds = 30'000;

/// QTest::qExec() sets this variable, and a thread that a member of the test has begun may be reading the environment
/// just then: where it is set already, setenv(3) moves nothing.
inline const bool kIsTestAnnounced = ::setenv("QT_QTESTLIB_RUNNING", "1", 1) == 0;

} // namespace twinhull::test

/// Pauses alone count as waiting, as in QTest. But the condition, which often is the run of a program, is asked once
/// where it holds and not four times, and needs to hold once.
#define TH_AWAIT(condition, timeout)                                                                                   \
    bool thHasCome = static_cast<bool>(condition);                                                                     \
    if (!thHasCome) {                                                                                                  \
        QTest::qWait(0);                                                                                               \
        thHasCome = static_cast<bool>(condition);                                                                      \
    }                                                                                                                  \
    constexpr int thPause = 50;                                                                                        \
    for (int thWaited = 0;                                                                                             \
         !thHasCome && thWaited < (timeout) && !(QTest::runningTest() && QTest::currentTestFailed());                  \
         thWaited += thPause) {                                                                                        \
        QTest::qWait(thPause);                                                                                         \
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
