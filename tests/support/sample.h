// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <unistd.h>

#include <algorithm>

namespace twinhull::test {

#ifdef TWINHULL_SANITIZED
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

/// Of cases that are too many for each run every so manieth, other ones in each run; TWINHULL_TEST_EVERY=1 takes all.
class Sample {
public:
    explicit Sample(int every)
    {
        bool isSet = false;
        const int wanted = qEnvironmentVariableIntValue("TWINHULL_TEST_EVERY", &isSet);
        m_every = std::max(1, isSet ? wanted : every);
        m_count = static_cast<int>(::getpid()) % m_every;
    }

    bool takesNext() { return ++m_count % m_every == 0; }

private:
    int m_every = 1;
    int m_count = 0;
};

} // namespace twinhull::test
