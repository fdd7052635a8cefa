// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_line.h"

#include "core/metrics/host_reader.h"
#include "core/metrics/proc_text.h"
#include "tests/support/context_world.h"
#include "tests/support/victim.h"

#include <QFile>
#include <QLabel>
#include <QTest>

#include <cmath>

#include <unistd.h>

using namespace twinhull;

namespace {

constexpr std::int64_t kStatusSecond = 1'000'000'000;

/// Fields 14 and 15 of /proc/self/stat (proc(5)); 0 when it cannot be read, which no work leaves.
double cpuSecondsThatProcTells()
{
    QFile file(QStringLiteral("/proc/self/stat"));
    const auto stat = file.open(QIODevice::ReadOnly) ? parseProcessStat(file.readAll().toStdString()) : std::nullopt;
    return stat ? static_cast<double>(stat->ownTicks) / static_cast<double>(::sysconf(_SC_CLK_TCK)) : 0;
}

} // namespace

class StatusLineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// What the window says of itself is what the kernel says, within 1 %. Three seconds of work, for the kernel's text
    /// has ticks of 10 ms, as if all of it had been done in one.
    void showsTheCpuThatProcTells()
    {
        test::ContextWorld world;
        StatusLine line(world.context);
        HostReader reader;
        const auto buffer = std::make_unique<ReadBuffer>();
        (void)reader.read(kStatusSecond, *buffer);
        const double before = cpuSecondsThatProcTells();
        test::burnCpu(3 * kStatusSecond);
        const double truth = cpuSecondsThatProcTells() - before;
        MetricsFrame frame;
        frame.monotonicNanoseconds = 2 * kStatusSecond;
        frame.host = reader.read(frame.monotonicNanoseconds, *buffer);
        world.rings.append(frame);
        const auto* own = line.findChild<QLabel*>(QStringLiteral("ownCost"));
        const double shown
            = own->text().section(QStringLiteral("itself: "), 1).section(u' ', 0, 0).toDouble() / 100; // "300 %"
        QVERIFY2(std::abs(shown - truth) <= 0.01 * truth,
            qPrintable(QStringLiteral("%1 for %2 s").arg(own->text()).arg(truth)));
        QVERIFY2(own->toolTip().contains(u"QEMU count with their workload"), qPrintable(own->toolTip()));
    }

    void tellsThatItReadsLessOftenAndWhy()
    {
        test::ContextWorld world;
        StatusLine line(world.context);
        const auto* pace = line.findChild<QLabel*>(QStringLiteral("pace"));
        QVERIFY(pace->isHidden());
        MetricsFrame frame;
        frame.monotonicNanoseconds = kStatusSecond;
        frame.intervalMilliseconds = 2000;
        frame.pace = PaceReason::BusyComputer;
        world.rings.append(frame);
        QVERIFY(!pace->isHidden());
        QCOMPARE(pace->accessibleName(), QStringLiteral("Reads every 2 s: the computer is busy"));
        QVERIFY2(pace->toolTip().contains(u"/proc/pressure/cpu"), qPrintable(pace->toolTip()));
        frame.monotonicNanoseconds += kStatusSecond;
        frame.intervalMilliseconds = 1000;
        frame.pace = PaceReason::AsAsked;
        world.rings.append(frame);
        QVERIFY(pace->isHidden());
    }
};

QTEST_MAIN(StatusLineTest)
#include "shell_status_line_test.moc"
