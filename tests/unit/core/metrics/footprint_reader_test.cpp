// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/footprint_reader.h"

#include "core/metrics/host_cost_source.h"
#include "tests/unit/core/metrics/fake_proc.h"

#include <QTest>

#include <unistd.h>

using namespace twinhull;
using namespace twinhull::test;

namespace {

std::uint64_t nanosecondsOf(std::uint64_t ticks)
{
    return ticks * 1'000'000'000U / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
}

}

/// A container (pid 10, its child 11) with a monitor (pid 5, its parent) outside of the cgroup.
class FootprintReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_files = std::make_unique<FakeProc>();
        (void)makeFolders(m_files->path("cg"));
        const std::string inside = m_files->path("cg");
        m_files->add({ .pid = 5, .parent = 1, .ownTicks = 1, .residentPages = 10, .diskRead = 1, .children = { 10 } });
        m_files->add({ .pid = 10,
            .parent = 5,
            .ownTicks = 20,
            .residentPages = 100,
            .diskRead = 1000,
            .cgroup = inside,
            .children = { 11 } });
        m_files->add(
            { .pid = 11, .parent = 10, .ownTicks = 300, .residentPages = 1000, .diskRead = 100, .cgroup = inside });
        m_footprint.rootPids = { 10 };
        m_footprint.helperPids = { 5 };
        m_footprint.cgroupPath.clear();
    }

    void addsTreesAndHelpersWhereThereIsNoCgroup()
    {
        const auto sample = read();
        QCOMPARE(*sample.cpuNanoseconds, nanosecondsOf(321));
        QCOMPARE(*sample.residentBytes, pages(1110));
        QCOMPARE(*sample.diskReadBytes, std::uint64_t{ 1101 });
    }

    void takesTheCgroupAndTheHelpersOutsideOfIt()
    {
        fillCgroup();
        m_files->write("cg/memory.current", "500000\n");
        m_files->write("cg/memory.stat", "inactive_file 200000\n");
        m_files->write("cg/io.stat", "8:0 rbytes=70 wbytes=80\n");
        const auto sample = read();
        QCOMPARE(*sample.cpuNanoseconds, std::uint64_t{ 4'000'000 } + nanosecondsOf(1));
        QCOMPARE(*sample.residentBytes, pages(1110)); // the same figure as without a cgroup
        QCOMPARE(*sample.cgroupChargeBytes, std::uint64_t{ 500'000 - 200'000 }); // of the cgroup alone
        QCOMPARE(*sample.diskReadBytes, std::uint64_t{ 71 });
    }

    void readsResidentMemoryWhenAskedForProcessesWhereTheCgroupCountsTheRest()
    {
        fillCgroup();
        m_files->write("cg/io.stat", "8:0 rbytes=70 wbytes=80\n");
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample sample;
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(*sample.residentBytes, pages(1110)); // the first round has it
        m_files->add({ .pid = 12, .parent = 1, .residentPages = 7, .cgroup = m_files->path("cg") });
        m_files->write("cg/cgroup.procs", "10\n11\n12\n");
        m_files->write("cg/cpu.stat", "usage_usec 5000\n");
        for (int round = 0; round < 20; ++round)
            QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(*sample.residentBytes, pages(1110));
        QVERIFY(!reader.arePidsChanged());
        QCOMPARE(reader.pids(m_buffer).size(), std::size_t{ 4 });
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(*sample.residentBytes, pages(1117));
        QVERIFY(reader.arePidsChanged());
        QVERIFY(reader.read(sample, m_buffer));
        QVERIFY(!reader.arePidsChanged()); // told once
    }

    void readsByProcessWhatTheCgroupDoesNotCount()
    {
        fillCgroup(); // without memory and io
        const auto sample = read();
        QCOMPARE(*sample.cpuNanoseconds, std::uint64_t{ 4'000'000 } + nanosecondsOf(1));
        QCOMPARE(*sample.residentBytes, pages(1110));
        QCOMPARE(*sample.diskReadBytes, std::uint64_t{ 1101 });
    }

    void countsAProcessThatWasPutIntoTheCgroup()
    {
        fillCgroup(); // without memory
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample sample;
        QVERIFY(reader.read(sample, m_buffer));
        m_files->add({ .pid = 12, .parent = 1, .residentPages = 7, .cgroup = m_files->path("cg") });
        m_files->write("cg/cgroup.procs", "10\n11\n12\n");
        for (int round = 0; round < 13; ++round) { // while something runs in it, it is asked now and then
            m_files->write("cg/cpu.stat", "usage_usec " + std::to_string(5000 + round) + "\n");
            QVERIFY(reader.read(sample, m_buffer));
        }
        QCOMPARE(*sample.residentBytes, pages(1117));
    }

    /// As `exec` starts them: their parent is neither in the cgroup nor a helper.
    void countsAtOnceWhatAProcessReadsThatWasPutIntoACgroupWithoutIo()
    {
        fillCgroup();
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample sample;
        for (int round = 0; round < 3; ++round) {
            m_files->write("cg/cpu.stat", "usage_usec " + std::to_string(4000 + round) + "\n");
            QVERIFY(reader.read(sample, m_buffer));
        }
        m_files->add({ .pid = 12, .parent = 1, .diskRead = 50, .cgroup = m_files->path("cg") });
        m_files->write("cg/cgroup.procs", "10\n11\n12\n");
        m_files->write("cg/cpu.stat", "usage_usec 5000\n");
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(*sample.diskReadBytes, std::uint64_t{ 1151 });
    }

    void asksWhoIsInTheCgroupWhenSomethingRanInIt()
    {
        fillCgroup();
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample sample;
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(reader.pids(m_buffer).size(), std::size_t{ 3 });
        m_files->write("cg/cgroup.procs", "10\n11\n12\n");
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(reader.pids(m_buffer).size(), std::size_t{ 3 });
        m_files->write("cg/cpu.stat", "usage_usec 5000\n");
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(reader.pids(m_buffer).size(), std::size_t{ 4 });
    }

    void readsByProcessWhenTheCgroupCannotBeOpened()
    {
        m_footprint.cgroupPath = QStringLiteral("/nowhere/at/all");
        QCOMPARE(*read().cpuNanoseconds, nanosecondsOf(321));
    }

    void isGoneWhenOnlyHelpersLive()
    {
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample sample;
        QVERIFY(reader.read(sample, m_buffer));
        for (const char* stat : { "10/stat", "11/stat" })
            m_files->write(stat, "");
        QVERIFY(!reader.read(sample, m_buffer));
    }

    void isGoneWhenTheCgroupIsEmpty()
    {
        fillCgroup();
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample sample;
        QVERIFY(reader.read(sample, m_buffer));
        m_files->write("cg/cgroup.events", "populated 0\n");
        m_files->write("cg/cpu.stat", "usage_usec 4100\n"); // to end takes time
        QVERIFY(!reader.read(sample, m_buffer));
    }

    void countsAHelperThatComesLater()
    {
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample before;
        QVERIFY(reader.read(before, m_buffer));
        m_files->add({ .pid = 7, .parent = 1, .ownTicks = 50 });
        m_footprint.helperPids = { 5, 7 };
        reader.setHelpers(m_footprint);
        Sample after;
        QVERIFY(reader.read(after, m_buffer));
        QCOMPARE(*after.cpuNanoseconds - *before.cpuNanoseconds, nanosecondsOf(50));
    }

    void tellsTheHelpersApartByTheirPrograms()
    {
        const auto none = read().cpuParts;
        QCOMPARE(none.networkHelpers.needs(), Needs::NetworkHelper);
        QCOMPARE(none.fileSystemHelpers.needs(), Needs::FileSystemHelper);
        QCOMPARE(none.monitor.needs(), Needs::Monitor);
        fillCgroup();
        m_files->add({ .pid = 7, .parent = 1, .ownTicks = 50 });
        m_files->add({ .pid = 8, .parent = 1, .ownTicks = 3, .children = { 9 } });
        m_files->add({ .pid = 9, .parent = 8, .ownTicks = 400 }); // virtiofsd serves in a child
        m_files->write("5/comm", "hull-monitor\n");
        m_files->write("7/comm", "pasta.avx2\n");
        m_files->write("8/comm", "virtiofsd\n");
        m_footprint.helperPids = { 5, 7, 8 };
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample sample;
        QVERIFY(reader.read(sample, m_buffer));
        const CpuParts& parts = sample.cpuParts;
        QCOMPARE(*parts.networkHelpers, nanosecondsOf(50));
        QCOMPARE(*parts.fileSystemHelpers, nanosecondsOf(403));
        QCOMPARE(*parts.monitor, nanosecondsOf(1)); // without the container below it
        QCOMPARE(*parts.networkHelpers + *parts.fileSystemHelpers + *parts.monitor, *parts.helpers);
        for (const char* stat : { "7/stat", "9/stat" }) // they ended: what they used was used
            m_files->write(stat, "");
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(*sample.cpuParts.networkHelpers, nanosecondsOf(50));
        QCOMPARE(*sample.cpuParts.fileSystemHelpers, nanosecondsOf(403));
    }

    /// libvirt puts helpers into the machine's cgroup, which is asked for its members now and then.
    void tellsNothingOfAHelperThatWasNotReadYet()
    {
        fillCgroup();
        m_files->add({ .pid = 7, .parent = 1, .ownTicks = 50, .cgroup = m_files->path("cg") });
        m_files->add({ .pid = 8, .parent = 1, .ownTicks = 3 });
        m_files->write("7/comm", "pasta\n");
        m_files->write("8/comm", "port-relay\n");
        m_footprint.helperPids = { 5, 7, 8 };
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample sample;
        QVERIFY(reader.read(sample, m_buffer));
        QCOMPARE(sample.cpuParts.networkHelpers.needs(), Needs::EveryProcess); // not the other one alone
        m_files->write("cg/cgroup.procs", "10\n11\n7\n");
        m_files->write("cg/cpu.stat", "usage_usec 5000\n");
        QVERIFY(reader.read(sample, m_buffer));
        (void)reader.pids(m_buffer);
        QVERIFY(reader.read(sample, m_buffer));
        QVERIFY(sample.cpuParts.networkHelpers.has_value());
        QCOMPARE(*sample.cpuParts.networkHelpers, nanosecondsOf(53));
    }

    void tellsOfAContainerWhatItsCgroupCountsInside()
    {
        QCOMPARE(read().guest.cpuNanoseconds.needs(), Needs::CgroupOfItsOwn);
        fillCgroup();
        m_files->write("cg/memory.current", "500000\n");
        m_files->write("cg/memory.stat", "file 300000\ninactive_file 200000\nactive_file 90000\n");
        const auto sample = read();
        QCOMPARE(*sample.guest.cpuNanoseconds, std::uint64_t{ 4'000'000 }); // without the monitor
        QCOMPARE(*sample.guest.memoryUsedBytes, std::uint64_t{ 210'000 });
        QCOMPARE(*sample.guest.memoryCacheBytes, std::uint64_t{ 300'000 });
        QCOMPARE(sample.guest.swapUsedBytes.needs(), Needs::SwapAccounting);
        m_files->write("cg/memory.swap.current", "4096\n");
        QCOMPARE(*read().guest.swapUsedBytes, std::uint64_t{ 4096 });
    }

    void saysOfEachAbsentFigureWhatItNeeds()
    {
        ::unlink(m_files->path("11/io").c_str());
        const auto sample = read();
        QCOMPARE(sample.diskReadBytes.needs(), Needs::IoRights);
        QCOMPARE(sample.cgroupChargeBytes.needs(), Needs::CgroupOfItsOwn);
        QVERIFY(sample.cpuNanoseconds && sample.residentBytes); // what can be read is not spoilt
        fillCgroup();
        QCOMPARE(read().cgroupChargeBytes.needs(), Needs::MemoryController);
    }

    void givesNoSumThatIsTooSmall()
    {
        m_files->add({ .pid = 11, .parent = 10, .cgroup = m_files->path("cg"), .hasChildren = false });
        (void)::unlink(m_files->path("11/task/11/children").c_str());
        QCOMPARE(read().cpuNanoseconds.needs(), Needs::EveryProcess);
        QCOMPARE(read().residentBytes.needs(), Needs::EveryProcess);
        for (const char* pid : { "5", "10", "11" })
            m_files->write(pid + std::string("/smaps_rollup"), "Pss:   100 kB\n");
        const WorkloadId id{ WorkloadKind::Container, QStringLiteral("web") };
        QCOMPARE(readCostNow({ id, m_footprint }, m_files->tree()).slow.pss.needs(), Needs::EveryProcess);
        m_files->add({ .pid = 11, .parent = 10 });
        QCOMPARE(*readCostNow({ id, m_footprint }, m_files->tree()).slow.pss, std::uint64_t{ 300 * 1024 });
    }

    void readsTheNetworkOfItsOwnNamespaceOnly()
    {
        linkNetwork("self", "net:[1]");
        linkNetwork("10", "net:[2]");
        (void)makeFolders(m_files->path("10/net"));
        m_files->write("10/net/dev", " eth0: 100 2 0 0 0 0 0 0 200 3 0 0 0 0 0 0\n");
        const auto own = read();
        QCOMPARE(*own.networkReceivedBytes, std::uint64_t{ 100 });
        QCOMPARE(*own.networkSentBytes, std::uint64_t{ 200 });

        (void)::unlink(m_files->path("10/ns/net").c_str());
        linkNetwork("10", "net:[1]");
        const auto shared = read();
        QVERIFY(!shared.networkReceivedBytes);
        QCOMPARE(shared.networkReceivedBytes.needs(), Needs::NetworkOfItsOwn);
    }

    void readsTheNetworkOfWhatRestsLessOften()
    {
        fillCgroup();
        linkNetwork("self", "net:[1]");
        linkNetwork("10", "net:[2]");
        (void)makeFolders(m_files->path("10/net"));
        m_files->write("10/net/dev", " eth0: 100 2 0 0 0 0 0 0 200 3 0 0 0 0 0 0\n");
        FootprintReader reader(m_files->tree(), m_footprint);
        int readings = 0;
        const auto read = [&] {
            Sample sample;
            (void)reader.read(sample, m_buffer);
            readings += sample.networkReceivedBytes ? 1 : 0;
            return sample.networkReceivedBytes;
        };
        QVERIFY(read());
        QVERIFY2(read(), "a rate needs two");
        QCOMPARE(read().needs(), Needs::NextNetworkReading);
        for (int round = 0; round < 9; ++round)
            (void)read();
        QCOMPARE(readings, 4);
        m_files->write("cg/cpu.stat", "usage_usec 6000\n"); // two milliseconds
        QVERIFY(read());
    }

private:
    static std::uint64_t pages(std::uint64_t count)
    {
        return count * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    }

    Sample read()
    {
        FootprintReader reader(m_files->tree(), m_footprint);
        Sample sample;
        if (!reader.read(sample, m_buffer))
            qWarning("gone");
        return sample;
    }

    void fillCgroup()
    {
        m_files->write("cg/cpu.stat", "usage_usec 4000\n");
        m_files->write("cg/cgroup.procs", "10\n11\n");
        m_files->write("cg/cgroup.events", "populated 1\n");
        m_footprint.cgroupPath = QString::fromStdString(m_files->path("cg"));
    }

    void linkNetwork(const std::string& process, const char* target) const
    {
        (void)makeFolders(m_files->path(process + "/ns"));
        (void)!::symlink(target, m_files->path(process + "/ns/net").c_str());
    }

    std::unique_ptr<FakeProc> m_files;
    HostFootprint m_footprint;
    ReadBuffer m_buffer{};
};

QTEST_GUILESS_MAIN(FootprintReaderTest)
#include "footprint_reader_test.moc"
