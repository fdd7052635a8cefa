// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/overview_facts.h"

#include "tests/support/metric_frames.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

const WorkloadId kBox{ WorkloadKind::Container, QStringLiteral("box") };
const WorkloadId kMachine{ WorkloadKind::Vm, QStringLiteral("machine") };

} // namespace

class OverviewFactsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsTheFiguresBehindTheFigures()
    {
        const Facts facts = factsOf(kMachine, [](MetricPoint& point) {
            setValue(point, Metric::CpuCores, 0.25);
            setValue(point, Metric::VcpuCores, 0.2);
            setValue(point, Metric::EmulatorCores, 0.05);
            point[Metric::VhostCores] = Needs::KernelThreads;
            point[Metric::MonitorCores] = Needs::Monitor; // that of a container
            setValue(point, Metric::KvmExitRate, 300);
            setValue(point, Metric::PageTableBytes, 1 << 20);
            setValue(point, Metric::RamPssBytes, 100 << 20);
            setValue(point, Metric::QemuOwnPssBytes, 30 << 20);
            for (const Metric stall : { Metric::CpuPressure, Metric::MemoryPressure, Metric::ThrottledCores })
                point[stall] = Needs::MachineCgroup;
        });
        const QString parts = valueOf(facts, "CPU by part");
        QVERIFY2(parts.startsWith(QStringLiteral("vCPUs 20")) && parts.contains(QStringLiteral("emulator 5")),
            qPrintable(parts));
        QVERIFY2(parts.contains(shortSentenceFor(Needs::KernelThreads)), qPrintable(parts));
        QVERIFY2(!parts.contains(shortSentenceFor(Needs::Monitor)), qPrintable(parts));
        QCOMPARE(valueOf(facts, "Waiting").count(shortSentenceFor(Needs::MachineCgroup)), 1); // not three times
        QVERIFY(valueOf(facts, "How often").contains(QStringLiteral("KVM exits 300")));
        QVERIFY(valueOf(facts, "Host cost by part").contains(QStringLiteral("QEMU's own 30")));
        QVERIFY(valueOf(facts, "Beside it").contains(QStringLiteral("page tables 1")));
    }

    void showsWhatTheCgroupOfAContainerSays()
    {
        const Facts facts = factsOf(kBox, [](MetricPoint& point) {
            setValue(point, Metric::CpuCores, 0.25);
            setValue(point, Metric::GuestMemoryUsedBytes, 7 << 20);
            setValue(point, Metric::GuestMemoryCacheBytes, 3 << 20);
            setValue(point, Metric::GuestCpuCores, 0.1);
            point[Metric::GuestLoadTasks] = Needs::GuestKernel;
            point[Metric::VcpuCores] = Needs::VirtualCpus;
        });
        const QString said = valueOf(facts, "Its cgroup says");
        QVERIFY2(said.contains(QStringLiteral("7")) && said.contains(QStringLiteral("3")), qPrintable(said));
        QVERIFY(valueOf(facts, "CPU").startsWith(QStringLiteral("25"))); // the host's
        QVERIFY(
            valueOf(guestFactsOf(kBox, [](MetricPoint& point) { setValue(point, Metric::GuestCpuCores, 0.1); }), "CPU")
                .startsWith(QStringLiteral("10")));
        for (const Fact& fact : facts)
            QVERIFY2(!fact.value.contains(shortSentenceFor(Needs::VirtualCpus)), qPrintable(fact.name));
    }

    void showsTheGuestApart()
    {
        const auto fill = [](MetricPoint& point) {
            setValue(point, Metric::PssBytes, 200 << 20);
            setValue(point, Metric::GuestLoadTasks, 0.5);
            setValue(point, Metric::GuestRootUsedBytes, 3 << 20);
            setValue(point, Metric::GuestRootSizeBytes, 10 << 20);
            point[Metric::GuestMemoryUsedBytes] = point[Metric::GuestMemoryCacheBytes] = Needs::BalloonDriver;
            setValue(point, Metric::DiskWritableBytes, 4 << 20);
            setValue(point, Metric::DiskVirtualBytes, 10 << 20);
        };
        const Facts guest = guestFactsOf(kMachine, fill);
        QCOMPARE(valueOf(guest, "Guest says"), shortSentenceFor(Needs::BalloonDriver));
        QVERIFY(valueOf(guest, "Load").startsWith(QStringLiteral("0")));
        QCOMPARE(valueOf(guest, "Root file system"), QStringLiteral("3 MiB of 10 MiB"));
        QVERIFY(valueOf(guest, "Memory, host cost").isEmpty());
        const QString space = valueOf(factsOf(kMachine, fill), "Space on disk");
        QVERIFY2(space.contains(QStringLiteral("writable layer 4 MiB, virtual size 10 MiB")), qPrintable(space));
    }

private:
    static WorkloadInfo infoOf(const WorkloadId& id)
    {
        WorkloadInfo info;
        info.id = id;
        info.state = WorkloadState::Running;
        info.footprint.rootPids = { 10 };
        return info;
    }
    static Facts guestFactsOf(const WorkloadId& id, const std::function<void(MetricPoint&)>& fill)
    {
        MetricRings rings;
        appendTicks(rings, { id }, 1, [&](MetricPoint& point, int) { fill(point); });
        return guestFacts(infoOf(id), rings);
    }
    static Facts factsOf(const WorkloadId& id, const std::function<void(MetricPoint&)>& fill)
    {
        MetricRings rings;
        appendTicks(rings, { id }, 1, [&](MetricPoint& point, int) { fill(point); });
        const WorkloadInfo info = infoOf(id);
        Facts facts = costFacts(info, rings);
        const Facts parts = partFacts(info, rings);
        facts.insert(facts.end(), parts.begin(), parts.end());
        const Facts guest = guestFacts(info, rings);
        facts.insert(facts.end(), guest.begin(), guest.end());
        return facts;
    }

    static QString valueOf(const Facts& facts, const char* name)
    {
        for (const Fact& fact : facts) {
            if (fact.name == QLatin1String(name))
                return fact.value;
        }
        return {};
    }
};

QTEST_GUILESS_MAIN(OverviewFactsTest)
#include "overview_facts_test.moc"
