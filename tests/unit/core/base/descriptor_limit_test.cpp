// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/descriptor_limit.h"

#include "core/base/subprocess.h"

#include <QTest>

using namespace twinhull;
using namespace std::chrono_literals;

namespace {

rlimit limitNow()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit;
}

}

class DescriptorLimitTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isRaisedForUsAndNotForChildren()
    {
        rlimit low = limitNow();
        low.rlim_cur = 200;
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &low), 0);
        raiseDescriptorLimit();
        QCOMPARE(limitNow().rlim_cur, low.rlim_max);
        QCOMPARE(inheritedDescriptorLimit().rlim_cur, rlim_t{ 200 });
        const auto told = runChecked({ { "sh", "-c", "ulimit -S -n; ulimit -H -n" }, {}, {} }, 10s);
        QVERIFY(told);
        QCOMPARE(*told, "200\n" + std::to_string(low.rlim_max) + "\n");
    }
};

QTEST_GUILESS_MAIN(DescriptorLimitTest)
#include "descriptor_limit_test.moc"
