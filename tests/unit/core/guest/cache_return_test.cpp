// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/cache_return.h"

#include <QTest>

#include <unistd.h>

using namespace twinhull;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMebibyte = 1U << 20U;
constexpr std::uint64_t kMillisecond = 1'000'000;

/// Looked at every ten seconds; what it does in between is said.
class System {
public:
    bool givesAfter(std::uint64_t busyMilliseconds, std::uint64_t writtenBytes = 0, std::uint64_t readBytes = 0)
    {
        m_now += m_watch.interval();
        m_look.busyNanoseconds += busyMilliseconds * kMillisecond;
        m_look.blockBytes += writtenBytes + readBytes;
        m_look.readBytes += readBytes;
        return m_watch.isTimeToGive(m_look, m_now);
    }
    /// How many looks at rest it takes; 0: it does not give.
    int looksUntilItGives(int most = 20)
    {
        for (int look = 1; look <= most; ++look) {
            if (givesAfter(50))
                return look;
        }
        return 0;
    }
    void hasCache(std::uint64_t bytes) { m_look.looseCacheBytes = bytes; }

private:
    RestWatch m_watch{ 30s };
    RestLook m_look{ 1'000 * kMillisecond, 5 * kMebibyte, 64 * kMebibyte };
    std::chrono::nanoseconds m_now = 100s;
};

} // namespace

class CacheReturnTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void looksThreeTimesInARest()
    {
        QCOMPARE(RestWatch(30s).interval(), 10s);
        QCOMPARE(RestWatch(1s).interval(), 1s);
    }

    void givesOnceInASpellOfRest()
    {
        System system;
        QCOMPARE(system.looksUntilItGives(), 4); // the first only begins
        QCOMPARE(system.looksUntilItGives(), 0);
        QVERIFY(!system.givesAfter(1'000)); // it works: another spell begins behind that
        QCOMPARE(system.looksUntilItGives(), 3);
    }

    void neverGivesWhileItWorks()
    {
        System system;
        for (int look = 0; look < 20; ++look)
            QVERIFY(!system.givesAfter(250)); // 2.5 % of a processor
        for (int look = 0; look < 20; ++look)
            QVERIFY(!system.givesAfter(10, 2 * kMebibyte)); // its disks work
        for (int look = 0; look < 20; ++look)
            QVERIFY(!system.givesAfter(look % 3 == 0 ? 5'000 : 0)); // and rests in between
    }

    void waitsLongerWhereItIsReadAgain()
    {
        System system;
        QCOMPARE(system.looksUntilItGives(), 4);
        QVERIFY(!system.givesAfter(50, 0, 17 * kMebibyte)); // over a quarter of what was given
        QCOMPARE(system.looksUntilItGives(), 6);
        QVERIFY(!system.givesAfter(50, 0, 9 * kMebibyte));
        QVERIFY(!system.givesAfter(50, 0, 9 * kMebibyte)); // together
        QCOMPARE(system.looksUntilItGives(), 12);
        QVERIFY(!system.givesAfter(50, 64 * kMebibyte, 15 * kMebibyte)); // what is written was not missed
        QCOMPARE(system.looksUntilItGives(), 12);
        QVERIFY(!system.givesAfter(1'000));
        QCOMPARE(system.looksUntilItGives(), 6); // the last one was missed by nobody
        QVERIFY(!system.givesAfter(1'000));
        QCOMPARE(system.looksUntilItGives(), 3);
        QVERIFY(!system.givesAfter(1'000));
        QCOMPARE(system.looksUntilItGives(), 3); // never less than what was asked for
    }

    void doesNotMindWhatIsReadAgainLate()
    {
        System system;
        QCOMPARE(system.looksUntilItGives(), 4);
        for (int look = 0; look < 360; ++look) // an hour
            QVERIFY(!system.givesAfter(50));
        QVERIFY(!system.givesAfter(50, 0, 64 * kMebibyte));
        QCOMPARE(system.looksUntilItGives(), 3);
    }

    void waitsADayAtMost()
    {
        System system;
        QCOMPARE(system.looksUntilItGives(), 4);
        for (int looks = 6; looks < 8'640; looks *= 2) {
            QVERIFY(!system.givesAfter(50, 0, 64 * kMebibyte));
            QCOMPARE(system.looksUntilItGives(8'640), looks);
        }
        for (int time = 0; time < 2; ++time) {
            QVERIFY(!system.givesAfter(50, 0, 64 * kMebibyte));
            QCOMPARE(system.looksUntilItGives(8'640), 8'640);
        }
    }

    void keepsWhatIsNotWorthIt()
    {
        System system;
        system.hasCache(15 * kMebibyte);
        QCOMPARE(system.looksUntilItGives(), 0);
        system.hasCache(16 * kMebibyte); // later in the same rest
        QCOMPARE(system.looksUntilItGives(), 1);
    }

    void readsWhatTheKernelTells()
    {
        const std::string stat = "cpu  10 20 30 999 999 1 2 999 10 0\n";
        const std::string vmstat = "nr_free_pages 5\npgpgin 100\npgpgout 20\npgpgin_other 7\n";
        const std::string meminfo
            = "MemTotal: 9000 kB\nActive(file):  300 kB\nInactive(file): 200 kB\nMapped:   120 kB\n";
        const auto tick = 1'000'000'000U / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
        const auto look = restLookFrom(stat, vmstat, meminfo);
        QVERIFY(look.has_value());
        QVERIFY((*look == RestLook{ 63 * tick, 120 * 1024, 380 * 1024, 100 * 1024 }));
        const auto shared = restLookFrom(stat, vmstat, "Active(file): 1 kB\nInactive(file): 2 kB\nMapped: 9 kB\n");
        QVERIFY(shared && shared->looseCacheBytes == 0); // memory that is shared counts as mapped too
        QVERIFY(!restLookFrom({}, vmstat, meminfo));
        QVERIFY(!restLookFrom(stat, "pgpgin 100\n", meminfo));
        QVERIFY(!restLookFrom(stat, vmstat, "Active(file): 1 kB\nInactive(file): 2 kB\n"));
        QVERIFY(readRestLook().has_value()); // of the computer that runs the tests
    }
};

QTEST_GUILESS_MAIN(CacheReturnTest)
#include "cache_return_test.moc"
