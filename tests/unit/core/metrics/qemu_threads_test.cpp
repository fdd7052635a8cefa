// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/qemu_threads.h"

#include "core/metrics/footprint_reader.h"
#include "tests/unit/core/metrics/fake_proc.h"

#include <QTest>

#include <filesystem>

using namespace twinhull;
using namespace twinhull::test;

/// A QEMU (pid 10) with a main thread, two vCPUs, an IO thread, and a helper (pid 20) beside it.
class QemuThreadsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_reader.reset();
        m_files = std::make_unique<FakeProc>();
        m_files->add({ .pid = 10, .parent = 1, .ownTicks = 100 });
        m_files->add({ .pid = 20, .parent = 1, .ownTicks = 7 });
        addThread(10, "qemu-system-x86", "9 9 9");
        addThread(11, "CPU 0/KVM", "300000000 1000 5");
        addThread(12, "CPU 1/KVM", "100000000 2000 5");
        addThread(13, "IO mon_iothread", "50000000 7 5");
    }

    void addsUpByName()
    {
        auto qemu = open();
        QVERIFY(qemu && qemu->refresh(m_buffer));
        QVERIFY(qemu->hasVcpus());
        QCOMPARE(qemu->cpu().process, std::uint64_t{ 1'000'000'000 });
        QCOMPARE(qemu->cpu().vcpus, std::uint64_t{ 400'000'000 });
        QCOMPARE(qemu->cpu().ioThreads, std::uint64_t{ 50'000'000 });
        QCOMPARE(qemu->cpu().vcpuWait, std::uint64_t{ 3000 });
    }

    void keepsWhatAnEndedThreadHadUsed()
    {
        auto qemu = open();
        QVERIFY(qemu && qemu->refresh(m_buffer));
        m_files->write("10/task/12/schedstat", ""); // as of one that ended
        std::filesystem::remove_all(m_files->path("10/task/12"));
        m_files->write("10/task/11/schedstat", "310000000 1500 6\n");
        QVERIFY(qemu->refresh(m_buffer));
        QCOMPARE(qemu->cpu().vcpus, std::uint64_t{ 410'000'000 });
        QCOMPARE(qemu->cpu().vcpuWait, std::uint64_t{ 3500 });
    }

    void findsAPluggedProcessorLater()
    {
        auto qemu = open();
        QVERIFY(qemu && qemu->refresh(m_buffer));
        addThread(14, "CPU 2/KVM", "1000 0 1");
        for (int round = 0; round < 10; ++round)
            QVERIFY(qemu->refresh(m_buffer));
        QCOMPARE(qemu->cpu().vcpus, std::uint64_t{ 400'001'000 });
    }

    void looksAtNoMoreThanAThousandThreads()
    {
        for (int tid = 100; tid < 1300; ++tid)
            addThread(tid, "CPU 9/KVM", "1 0 1");
        auto qemu = open();
        for (int round = 0; round < 20; ++round)
            QVERIFY(qemu && qemu->refresh(m_buffer));
        QVERIFY(qemu->cpu().vcpus % 1'000'000 <= 1024);
    }

    void partsAddUpToTheWhole()
    {
        HostFootprint footprint;
        footprint.rootPids = { 10 };
        footprint.helperPids = { 20 };
        FootprintReader reader(m_files->tree(), footprint);
        Sample sample;
        sample.id.kind = WorkloadKind::Vm;
        QVERIFY(reader.read(sample, m_buffer));
        const CpuParts& parts = sample.cpuParts;
        QCOMPARE(*parts.helpers, std::uint64_t{ 70'000'000 });
        QCOMPARE(*parts.emulator, std::uint64_t{ 550'000'000 });
        QCOMPARE(*parts.vcpus + *parts.ioThreads + *parts.emulator + *parts.helpers, *sample.cpuNanoseconds);
        QCOMPARE(*sample.stalls.stolen, std::uint64_t{ 3000 });
    }

    /// Linux 6.1: they are children of kthreadd, and QEMU's process has none of their time.
    void findsVhostAmongTheKernelsThreads()
    {
        showKernel("6.1.0-18-amd64", "kthreadd");
        addWorker(90, "kworker/0:1", "7000 1 1");
        addWorker(91, "vhost-10", "20000000 1 1");
        addWorker(92, "vhost-777", "900000000 1 1"); // another QEMU's
        const Sample before = readAll();
        QCOMPARE(*before.cpuParts.vhost, std::uint64_t{ 20'000'000 });
        QCOMPARE(*before.cpuParts.emulator, std::uint64_t{ 550'000'000 });
        QCOMPARE(*before.cpuParts.helpers, std::uint64_t{ 70'000'000 });
        QCOMPARE(*before.cpuNanoseconds, std::uint64_t{ 1'090'000'000 });
        addWorker(91, "vhost-10", "25000000 1 1"); // while QEMU slept
        QCOMPARE(*readAll().cpuParts.vhost, std::uint64_t{ 25'000'000 });
    }

    /// Linux 6.4 and later.
    void findsVhostAmongItsOwnThreads()
    {
        showKernel("6.12.1", "other");
        addThread(15, "vhost-10", "30000000 1 1");
        const Sample sample = readAll();
        QCOMPARE(*sample.cpuParts.vhost, std::uint64_t{ 30'000'000 });
        QCOMPARE(*sample.cpuParts.ioThreads, std::uint64_t{ 50'000'000 });
        QCOMPARE(*sample.cpuParts.emulator, std::uint64_t{ 520'000'000 });
        QCOMPARE(*sample.cpuNanoseconds, std::uint64_t{ 1'070'000'000 });
    }

    /// The kernel puts them into the cgroup of the QEMU that asked for them.
    void countsNoWorkerTwiceThatTheCgroupCounts()
    {
        showKernel("6.1.0", "kthreadd");
        addWorker(91, "vhost-10", "20000000 1 1");
        (void)makeFolders(m_files->path("cg"));
        for (const auto* pid : { "10", "91" })
            m_files->write(std::string(pid) + "/cgroup", "0::" + m_files->path("cg") + "\n");
        m_files->write("cg/cpu.stat", "usage_usec 1020000\n");
        m_files->write("cg/cgroup.procs", "10\n");
        m_footprint.cgroupPath = QString::fromStdString(m_files->path("cg"));
        const Sample sample = readAll();
        QCOMPARE(*sample.cpuNanoseconds, std::uint64_t{ 1'090'000'000 });
        QCOMPARE(*sample.cpuParts.vhost, std::uint64_t{ 20'000'000 });
        QCOMPARE(*sample.cpuParts.helpers, std::uint64_t{ 70'000'000 });
    }

    void saysWhereTheKernelsThreadsAreHidden()
    {
        showKernel("6.1.0", "sleep"); // a PID namespace
        QCOMPARE(readAll().cpuParts.vhost.needs(), Needs::KernelThreads);
        QCOMPARE(*readAll().cpuParts.vcpus, std::uint64_t{ 400'000'000 });
    }

    void saysWhatNamelessThreadsNeed()
    {
        for (const char* thread : { "11", "12" })
            m_files->write(std::string("10/task/") + thread + "/comm", "qemu-system-x86\n");
        HostFootprint footprint;
        footprint.rootPids = { 10 };
        FootprintReader reader(m_files->tree(), footprint);
        Sample sample;
        sample.id.kind = WorkloadKind::Vm;
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(sample.cpuParts.vcpus.needs(), Needs::FirstReading); // it may have just begun
        for (int round = 0; round < 10; ++round)
            QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(sample.cpuParts.vcpus.needs(), Needs::ThreadNames);
        QCOMPARE(sample.cpuParts.helpers.needs(), Needs::ThreadNames);
    }

    void isGoneWithItsProcess()
    {
        auto qemu = open();
        QVERIFY(qemu && qemu->refresh(m_buffer));
        m_files->write("10/stat", "");
        QVERIFY(!qemu->refresh(m_buffer));
    }

private:
    void showKernel(const std::string& release, const std::string& second)
    {
        (void)makeFolders(m_files->path("sys/kernel"));
        (void)makeFolders(m_files->path("2/task/2"));
        m_files->write("sys/kernel/osrelease", release + "\n");
        m_files->write("2/comm", second + "\n");
        m_files->write("2/task/2/children", "90 91 92 ");
        m_footprint = {};
        m_footprint.rootPids = { 10 };
        m_footprint.helperPids = { 20 };
    }

    void addWorker(int pid, const std::string& name, const std::string& schedstat)
    {
        const std::string folder = std::to_string(pid);
        (void)makeFolders(m_files->path(folder));
        m_files->write(folder + "/comm", name + "\n");
        m_files->write(folder + "/schedstat", schedstat + "\n");
        m_files->write(folder + "/cgroup", "0::/\n");
    }

    /// The same reader each time in one test.
    Sample readAll()
    {
        if (!m_reader)
            m_reader = std::make_unique<FootprintReader>(m_files->tree(), m_footprint);
        Sample sample;
        sample.id.kind = WorkloadKind::Vm;
        return m_reader->read(sample, m_buffer) ? sample : Sample();
    }

    std::optional<QemuThreads> open() const
    {
        auto qemu = QemuThreads::open(m_files->tree(), 10);
        return qemu ? std::optional<QemuThreads>(*std::move(qemu)) : std::nullopt;
    }

    void addThread(int tid, const std::string& name, const std::string& schedstat) const
    {
        const std::string task = "10/task/" + std::to_string(tid);
        (void)makeFolders(m_files->path(task));
        m_files->write(task + "/comm", name + "\n");
        m_files->write(task + "/schedstat", schedstat + "\n");
    }

    std::unique_ptr<FakeProc> m_files;
    HostFootprint m_footprint;
    std::unique_ptr<FootprintReader> m_reader;
    ReadBuffer m_buffer;
};

QTEST_GUILESS_MAIN(QemuThreadsTest)
#include "qemu_threads_test.moc"
