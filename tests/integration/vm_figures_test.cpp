// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_store.h"
#include "core/metrics/sampler.h"
#include "core/vms/power/kvm_probe.h"
#include "core/vms/vm_provider.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QFile>
#include <QTest>

#include <cmath>
#include <csignal>

using namespace twinhull;

namespace {

constexpr int kWritten = 64 << 10; ///< of each disk; nothing that a firmware would boot

/// Stops a process for as long as this lives.
class Halted {
public:
    explicit Halted(pid_t pid) : m_pid(pid) { ::kill(m_pid, SIGSTOP); }
    ~Halted() { ::kill(m_pid, SIGCONT); }
    Halted(const Halted&) = delete;
    Halted& operator=(const Halted&) = delete;

private:
    pid_t m_pid;
};

} // namespace

/// libvirt's own statistics of real VMs (emulated, an empty disk) while libvirtd or QEMU is healthy, and while it
/// hangs.
class VmFiguresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        m_provider = std::make_unique<VmProvider>(m_world.folders(), m_images,
            VmOptions{ QStringLiteral("qemu:///session"), AccelerationChoice::Tcg, std::chrono::seconds(60) });
        QSignalSpy settled(m_provider.get(), &VmProvider::settled);
        QVERIFY(m_provider->isSettled() || settled.wait(60'000));
        for (const char* name : { "first", "second" })
            QVERIFY(isStarted(QLatin1String(name)));
    }

    void cleanupTestCase()
    {
        m_sampler.reset();
        for (const WorkloadInfo& vm : m_provider->workloads())
            QVERIFY(test::runJob(*m_provider->remove(vm.id)));
        m_provider.reset();
    }

    /// The firmware reads the first sector of every disk.
    void asksLibvirtForWhatTheHostDoesNotTell()
    {
        std::vector<Sample> samples(1);
        const std::vector targets{ MetricTarget{ info("first").id, {} } }; // as of another user: nothing in /proc
        DiskRequests requests; // a reading is handed out once
        const auto countsReads = [&] {
            samples.assign(1, Sample());
            m_provider->figuresSource()->read(targets, samples);
            if (samples.front().diskReadBytes.value_or(0) > 0)
                requests = samples.front().diskRequests;
            return requests.count.has_value();
        };
        QTRY_VERIFY_WITH_TIMEOUT(countsReads(), 20'000);
        QVERIFY(samples.front().guest.memoryUsedBytes.needs() != Needs::LibvirtAnswer);
        QCOMPARE(
            samples.front().guest.memoryTotalBytes.value_or(0), std::uint64_t{ 128U << 20U }); // no balloon took any
        const auto root = [&] {
            m_provider->figuresSource()->read(targets, samples);
            return samples.front().guest.rootUsedBytes.needs();
        };
        QTRY_COMPARE_WITH_TIMEOUT(root(), Needs::QemuAgent, 60'000); // there is a channel, and no system that answers
        QVERIFY(*requests.count > 0 && requests.nanoseconds.value_or(0) > 0);
        QVERIFY(requests.reads.value_or(0) > 0 && requests.reads.value_or(0) <= *requests.count);
        QVERIFY(requests.writes.has_value());
        const auto disk = [&] {
            m_provider->figuresSource()->read(targets, samples);
            return samples.front().disk;
        };
        QTRY_VERIFY_WITH_TIMEOUT(disk().virtualSize.has_value(), 20'000);
        QCOMPARE(*disk().virtualSize, std::uint64_t{ 1 << 20 });
        const std::uint64_t taken = disk().writable.value_or(0) + disk().layers.value_or(0);
        QVERIFY2(taken >= kWritten && taken < (1 << 20), qPrintable(QString::number(taken))); // the rest is a hole
        QCOMPARE(disk().image.needs(), Needs::Image);
    }

    /// The firmware finds nothing to boot and goes on looking: the virtual processor works.
    void splitsTheCpuTimeOfAVmIntoItsParts()
    {
        ensureSampler();
        const auto hasParts = [this] { return pointOf("first")[Metric::VcpuCores].has_value(); };
        QTRY_VERIFY_WITH_TIMEOUT(hasParts(), 20'000);
        const MetricPoint point = pointOf("first");
        const double whole = *point[Metric::CpuCores];
        double sum = 0;
        for (const Metric part :
            { Metric::VcpuCores, Metric::IoThreadCores, Metric::EmulatorCores, Metric::HelperCores })
            sum += *point[part];
        sum += point[Metric::VhostCores].value_or(0); // this network is not the kernel's
        QVERIFY2(std::abs(sum - whole) <= 0.01 * whole + 1e-4, qPrintable(QString::number(sum / whole)));
        QVERIFY(point[Metric::StolenCores].has_value());
        QCOMPARE(point[Metric::KvmExitRate].has_value(), info("first").engine == u"kvm");
        QCOMPARE(point[Metric::NetworkHelperCores].needs(), Needs::NetworkHelper); // slirp is a part of QEMU
        QCOMPARE(point[Metric::FileSystemHelperCores].needs(), Needs::FileSystemHelper);
        QCOMPARE(point[Metric::MonitorCores].needs(), Needs::Monitor);
        QCOMPARE(point[Metric::ThrottledCores].needs(), Needs::MachineCgroup); // a session's
        QCOMPARE(point[Metric::CpuPressure].needs(), Needs::MachineCgroup);
    }

    /// The firmware is loaded into memory that QEMU marks as the machine's.
    void splitsTheMemoryOfAVmIntoItsParts()
    {
        ensureSampler();
        const auto isRead = [this] { return pointOf("first")[Metric::PssBytes].has_value(); };
        QTRY_VERIFY_WITH_TIMEOUT(isRead(), 30'000);
        const MetricPoint point = pointOf("first");
        QVERIFY(point[Metric::RamPssBytes] && point[Metric::QemuOwnPssBytes] && point[Metric::HelperPssBytes]);
        const double ram = *point[Metric::RamPssBytes];
        QVERIFY2(ram > (1 << 20) && ram < 200.0 * (1 << 20), qPrintable(QString::number(ram)));
        QVERIFY(*point[Metric::QemuOwnPssBytes] > (1 << 20));
        QCOMPARE(ram + *point[Metric::QemuOwnPssBytes] + *point[Metric::HelperPssBytes], *point[Metric::PssBytes]);
        QCOMPARE(point[Metric::KernelChargeBytes].needs(), Needs::MachineCgroup);
    }

    /// A guest that looks for something to boot asks devices all the time: each of that leaves the guest.
    void countsTheExitsOfAGuestUnderKvm()
    {
        const KvmVerdict verdict = rememberedKvmVerdict(m_world.folders());
        if (const auto notice = noticeFor(verdict))
            QSKIP(qPrintable(QStringLiteral("no KVM: ") + notice->explanation));
        m_sampler.reset(); // counters are handed out once
        VmProvider provider(m_world.folders(), m_images,
            VmOptions{ QStringLiteral("qemu:///session"), AccelerationChoice::Kvm, std::chrono::seconds(60) });
        QSignalSpy settled(&provider, &VmProvider::settled);
        QVERIFY(provider.isSettled() || settled.wait(60'000));
        QVERIFY(isStarted(QStringLiteral("hardware"), provider));
        std::vector<std::uint64_t> counts;
        const std::vector targets{ MetricTarget{ infoIn(provider, "hardware").id, {} } };
        const auto countsTwice = [&] {
            std::vector<Sample> samples(1);
            provider.figuresSource()->read(targets, samples);
            if (samples.front().kvmExits)
                counts.push_back(*samples.front().kvmExits);
            return counts.size() >= 2;
        };
        QTRY_VERIFY_WITH_TIMEOUT(countsTwice(), 30'000);
        QVERIFY2(counts[0] > 100 && counts[1] > counts[0], qPrintable(QString::number(counts[0])));
        QVERIFY(test::runJob(*provider.remove(targets.front().id)));
    }

    void ticksOnWhileLibvirtdHangs()
    {
        ensureSampler();
        {
            const Halted daemon(m_session.libvirtd());
            QTRY_VERIFY_WITH_TIMEOUT(isSilent("first") && isSilent("second"), 30'000);
            const int before = m_ticks;
            QTRY_VERIFY(m_ticks >= before + 3);
            QVERIFY(pointOf("first")[Metric::CpuCores].has_value()); // the host's own figures go on
        }
        QTRY_VERIFY_WITH_TIMEOUT(!isSilent("first") && !isSilent("second"), 60'000);
    }

    void oneHangingQemuSilencesOnlyItself()
    {
        ensureSampler();
        {
            const Halted qemu(info("first").footprint.rootPids.front());
            QTRY_VERIFY_WITH_TIMEOUT(isSilent("first"), 30'000);
            const int before = m_ticks;
            QTRY_VERIFY(m_ticks >= before + 3);
            QVERIFY(!isSilent("second"));
        }
        QTRY_VERIFY_WITH_TIMEOUT(!isSilent("first"), 60'000);
    }

private:
    /// Not while a test reads the same source itself: counters are handed out once.
    void ensureSampler()
    {
        if (m_sampler)
            return;
        m_sampler = std::make_unique<Sampler>();
        m_sampler->addSource(m_provider->figuresSource());
        std::vector<MetricTarget> targets;
        for (const WorkloadInfo& vm : m_provider->workloads())
            targets.push_back({ vm.id, vm.footprint });
        m_sampler->setTargets(targets);
        connect(m_sampler.get(), &Sampler::frameReady, this, [this](const MetricsFrame& frame) {
            ++m_ticks;
            m_frame = frame;
        });
        m_sampler->start();
    }

    bool isStarted(const QString& name) { return isStarted(name, *m_provider); }
    bool isStarted(const QString& name, VmProvider& provider) const
    {
        QFile disk(m_world.path(name + QStringLiteral(".img")));
        if (!disk.open(QIODevice::WriteOnly) || !disk.resize(1 << 20) || disk.write(QByteArray(kWritten, 'x')) < 0)
            return false;
        WorkloadPlan plan;
        plan.name = name;
        plan.source = DiskSource{ disk.fileName() };
        plan.limits.memoryBytes = 128U << 20U;
        if (!test::runJob(*provider.create(plan)))
            return false;
        return bool(test::runJob(*provider.start(infoIn(provider, name.toLatin1().constData()).id)));
    }

    WorkloadInfo info(const char* name) const { return infoIn(*m_provider, name); }
    static WorkloadInfo infoIn(const VmProvider& provider, const char* name)
    {
        for (const WorkloadInfo& vm : provider.workloads()) {
            if (vm.name == QLatin1String(name))
                return vm;
        }
        return {};
    }

    MetricPoint pointOf(const char* name) const
    {
        for (const MetricPoint& point : m_frame.points) {
            if (point.id == info(name).id)
                return point;
        }
        return {};
    }

    bool isSilent(const char* name) const
    {
        return pointOf(name)[Metric::GuestMemoryUsedBytes].needs() == Needs::LibvirtAnswer;
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    ImageStore m_images{ m_world.folders() };
    std::unique_ptr<VmProvider> m_provider;
    std::unique_ptr<Sampler> m_sampler;
    MetricsFrame m_frame;
    int m_ticks = 0;
};

QTEST_GUILESS_MAIN(VmFiguresTest)
#include "vm_figures_test.moc"
