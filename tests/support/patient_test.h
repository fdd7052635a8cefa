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

#undef QTRY_VERIFY
#define QTRY_VERIFY(expr) QTRY_VERIFY_WITH_TIMEOUT(expr, twinhull::test::kTestPatienceMilliseconds)
#undef QTRY_VERIFY2
#define QTRY_VERIFY2(expr, message) QTRY_VERIFY2_WITH_TIMEOUT(expr, message, twinhull::test::kTestPatienceMilliseconds)
#undef QTRY_COMPARE
#define QTRY_COMPARE(expr, expected)                                                                                   \
    QTRY_COMPARE_WITH_TIMEOUT(expr, expected, twinhull::test::kTestPatienceMilliseconds)
