// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/host_reader.h"

#include "core/base/files.h"
#include "core/metrics/proc_text.h"
#include "tests/support/victim.h"
#include "tests/unit/core/metrics/fake_proc.h"

#include <QTest>

#include <algorithm>
#include <cmath>

#include <unistd.h>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}

class HostReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAKnownHost()
    {
        FakeProc proc;
        (void)makeFolders(proc.path("pressure"));
        proc.write("stat", "cpu  100 0 0 900 0 0 0 0 0 0\n");
        proc.write("meminfo", "MemTotal:  1000 kB\nMemFree: 10 kB\nMemAvailable:  400 kB\n");
        proc.write("pressure/cpu", "some avg10=1.50 avg60=0.00 avg300=0.00 total=1\n");
        HostReader reader(proc.tree());
        const auto first = reader.read(kSecond, m_buffer);
        QCOMPARE(first[HostMetric::CpuShare].needs(), Needs::SecondReading);
        QCOMPARE(*first[HostMetric::MemoryTotalBytes], 1000.0 * 1024);
        QCOMPARE(*first[HostMetric::MemoryUsedBytes], 600.0 * 1024);
        QCOMPARE(*first[HostMetric::CpuPressure], 1.5);
        proc.write("stat", "cpu  150 0 0 1050 0 0 0 0 0 0\n");
        QCOMPARE(*reader.read(2 * kSecond, m_buffer)[HostMetric::CpuShare], 0.25);
    }

    void hasNoPressureWhereTheKernelHasNone()
    {
        FakeProc proc;
        proc.write("stat", "cpu  1 0 0 9 0 0 0 0 0 0\n");
        HostReader reader(proc.tree());
        QCOMPARE(reader.read(kSecond, m_buffer)[HostMetric::CpuPressure].needs(), Needs::ProcPressure);
    }

    void saysWhatItNeedsWhereProcCannotBeRead()
    {
        const FakeProc empty;
        HostReader reader(empty.tree());
        (void)reader.read(kSecond, m_buffer);
        const auto point = reader.read(2 * kSecond, m_buffer);
        QCOMPARE(point[HostMetric::CpuShare].needs(), Needs::ProcStat);
        QCOMPARE(point[HostMetric::MemoryUsedBytes].needs(), Needs::ProcMeminfo);
        QCOMPARE(point[HostMetric::MemoryTotalBytes].needs(), Needs::ProcMeminfo);
        QCOMPARE(point[HostMetric::OwnAnonymousBytes].needs(), Needs::ProcSelf);
    }

    void readsThisHostAndThisProcess()
    {
        const std::vector<char> weight(64U << 20U, 1); // beside it the memory of reading is nothing
        const double before = ownPssByProc();
        HostReader reader;
        const double begin = ownCpuSecondsByProc();
        const auto first = reader.read(kSecond, m_buffer);
        QVERIFY(*first[HostMetric::MemoryUsedBytes] > 0);
        QVERIFY(*first[HostMetric::MemoryUsedBytes] < *first[HostMetric::MemoryTotalBytes]);
        QVERIFY(*first[HostMetric::OwnAnonymousBytes] > 0);
        QTRY_VERIFY(reader.read(kSecond, m_buffer)[HostMetric::OwnPssBytes].has_value());
        const double shown = *reader.read(kSecond, m_buffer)[HostMetric::OwnPssBytes];
        const double after
            = ownPssByProc(); // others that run this program begin and end, and share its pages meanwhile
        QVERIFY2(shown >= 0.99 * std::min(before, after) && shown <= 1.01 * std::max(before, after),
            qPrintable(QStringLiteral("%1, not from %2 to %3").arg(shown).arg(before).arg(after)));
        burnCpu(100'000'000);
        const auto second = reader.read(2 * kSecond, m_buffer);
        QVERIFY(*second[HostMetric::OwnCpuCores] >= 0.1);
        QVERIFY(*second[HostMetric::OwnCpuCores] < ownCpuSecondsByProc() - begin + 0.03); // as if in one second
        QVERIFY(*second[HostMetric::CpuShare] > 0);
        QVERIFY(*second[HostMetric::CpuShare] <= 1);
    }

    /// Over three seconds of CPU time, for the kernel's text has ticks of 10 ms.
    void tellsItsOwnCpuAsProcDoesWithinOnePercent()
    {
        HostReader reader;
        (void)reader.read(kSecond, m_buffer);
        const double before = ownCpuSecondsByProc();
        burnCpu(3'000'000'000);
        const double truth = ownCpuSecondsByProc() - before;
        const double shown = *reader.read(2 * kSecond, m_buffer)[HostMetric::OwnCpuCores]; // as if in one second
        QVERIFY2(std::abs(shown - truth) <= 0.01 * truth, qPrintable(QString::number(shown / truth)));
    }

private:
    /// 0 when it cannot be read, which no reading equals.
    static double ownPssByProc()
    {
        const pid_t self = ::getpid();
        const auto details = readDetails({}, { &self, 1 });
        return details ? static_cast<double>(details->pssBytes) : 0;
    }

    /// Fields 14 and 15 of proc(5).
    static double ownCpuSecondsByProc()
    {
        const auto text = readFile("/proc/self/stat");
        const auto stat = text ? parseProcessStat(*text) : std::nullopt;
        return stat ? static_cast<double>(stat->ownTicks) / static_cast<double>(::sysconf(_SC_CLK_TCK)) : 0;
    }

    ReadBuffer m_buffer{};
};

QTEST_GUILESS_MAIN(HostReaderTest)
#include "host_reader_test.moc"
