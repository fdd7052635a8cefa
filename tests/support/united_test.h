// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Before tests that are compiled as one program (TWINHULL_UNITY): what would be their main() registers itself.

#include <QTest>

namespace twinhull::test {

/// One of the tests of this program, known by its file "…/NAME_test.cpp". The program's first argument is a NAME.
class UnitedTest {
public:
    using Main = int (*)(int argc, char** argv);
    UnitedTest(const char* file, Main run); ///< for static objects
};

} // namespace twinhull::test

#undef QTEST_MAIN_WRAPPER
#define QTEST_MAIN_WRAPPER(TestObject, ...)                                                                            \
    static int run##TestObject(int argc, char** argv)                                                                  \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
        TestObject test;                                                                                               \
        return QTest::qExec(&test, argc, argv);                                                                        \
    }                                                                                                                  \
    static const twinhull::test::UnitedTest united##TestObject(__FILE__, run##TestObject);
