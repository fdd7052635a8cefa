// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/cgroup_reader.h"

#include "tests/support/victim.h"
#include "tests/unit/core/metrics/fake_proc.h"

#include <QTest>

#include <sys/stat.h>

#include <algorithm>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// A cgroup of this kernel that is removed at the end; empty where there is no writable v2 tree.
class RealCgroup {
public:
    RealCgroup()
    {
        for (const char* mount : { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" }) {
            const std::string path = std::string(mount) + "/twinhull-test-" + std::to_string(::getpid());
            if (cgroupMountOf(mount) == mount && ::mkdir(path.c_str(), 0755) == 0)
                m_path = path;
        }
    }
    ~RealCgroup() { remove(); }
    RealCgroup(const RealCgroup&) = delete;
    RealCgroup& operator=(const RealCgroup&) = delete;

    void remove() const
    {
        if (!m_path.empty())
            (void)::rmdir(m_path.c_str());
    }
    const std::string& path() const { return m_path; }

private:
    std::string m_path;
};

}

class CgroupReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAllFourFigures()
    {
        fillFolder();
        auto reader = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(reader);
        QVERIFY(reader->refresh(m_buffer));
        QCOMPARE(*reader->reading().cpuNanoseconds, std::uint64_t{ 1'500'000 });
        QCOMPARE(*reader->reading().chargeBytes, std::uint64_t{ 9000 - 2000 });
        QCOMPARE(*reader->reading().diskReadBytes, std::uint64_t{ 100 }); // not again by dm on top, nor by loop
        QCOMPARE(*reader->reading().diskWrittenBytes, std::uint64_t{ 200 });
        QVERIFY(reader->isPopulated());
    }

    void readsWhatItHadToWaitFor()
    {
        fillFolder();
        m_files.write("cg/cpu.stat", "usage_usec 5\nnr_throttled 2\nthrottled_usec 7000\n");
        m_files.write("cg/cpu.pressure", "some avg10=1.00 avg60=1.00 avg300=1.00 total=11\nfull avg10=0.00 total=1\n");
        m_files.write("cg/memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=12\n");
        m_files.write("cg/io.pressure", "");
        auto reader = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(reader && reader->refresh(m_buffer));
        const CgroupReading& reading = reader->reading();
        QCOMPARE(*reading.throttledNanoseconds, std::uint64_t{ 7'000'000 });
        QCOMPARE(*reading.cpuPressureNanoseconds, std::uint64_t{ 11'000 });
        QCOMPARE(*reading.memoryPressureNanoseconds, std::uint64_t{ 12'000 });
        QVERIFY(reading.ioPressureNanoseconds.needs() != Needs::Nothing);
        m_files.write("cg/cpu.pressure", "some avg10=1.00 avg60=1.00 avg300=1.00 total=21\n");
        QCOMPARE(pressuresReadIn(5, *reader), 1); // the others say that the next one comes
        QCOMPARE(m_cpuPressure, std::uint64_t{ 21'000 });
    }

    void readsPressureLessOftenWhereNothingRunsAndNothingWaits()
    {
        fillFolder();
        m_files.write("cg/cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=11\n");
        auto reader = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(reader);
        QCOMPARE(pressuresReadIn(6, *reader), 2); // the first, and one that tells that it stands still
        QCOMPARE(pressuresReadIn(60, *reader), 2);
        m_files.write("cg/cpu.stat", "usage_usec 9000\n"); // something ran
        m_files.write("cg/cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=12\n");
        QCOMPARE(pressuresReadIn(5, *reader), 1);
        QCOMPARE(m_cpuPressure, std::uint64_t{ 12'000 });
        m_files.write("cg/cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=13\n");
        QCOMPARE(pressuresReadIn(5, *reader), 1); // waits without running
        QCOMPARE(m_cpuPressure, std::uint64_t{ 13'000 });
    }

    void readsFullPressureBesideSome()
    {
        fillFolder();
        m_files.write("cg/cpu.pressure", "some avg10=1.00 avg60=1.00 avg300=1.00 total=11\n"); // before Linux 5.13
        m_files.write("cg/memory.pressure", "some avg10=0.00 total=12\nfull avg10=0.00 total=5\n");
        m_files.write("cg/io.pressure", "");
        auto reader = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(reader && reader->refresh(m_buffer));
        QCOMPARE(*reader->reading().memoryFullNanoseconds, std::uint64_t{ 5'000 });
        QCOMPARE(reader->reading().cpuFullNanoseconds.needs(), Needs::FullPressure);
        QCOMPARE(reader->reading().ioFullNanoseconds.needs(), Needs::CgroupPressure);
        int readings = 0;
        for (int round = 0; round < 5; ++round) { // which of them reads goes by the cgroup's path
            const bool isRead = pressuresReadIn(1, *reader) == 1;
            const auto& full = reader->reading().memoryFullNanoseconds;
            QCOMPARE(full.needs(), isRead ? Needs::Nothing : Needs::NextPressureReading);
            readings += isRead ? 1 : 0;
        }
        QCOMPARE(readings, 1);
    }

    void countsRequestsOfTheLowestDevices()
    {
        fillFolder();
        auto reader = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(reader && reader->refresh(m_buffer));
        QCOMPARE(*reader->reading().diskReads, std::uint64_t{ 1 }); // once, though dm tells it, too
        QCOMPARE(*reader->reading().diskWrites, std::uint64_t{ 2 });
    }

    void tellsWhatIsUsedFromWhatCouldBeDropped()
    {
        fillFolder(); // memory.current 9000
        m_files.write(
            "cg/memory.stat", "anon 3000\nfile 4000\ninactive_file 2000\nactive_file 1500\nslab_reclaimable 100\n");
        auto reader = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(reader && reader->refresh(m_buffer));
        QCOMPARE(*reader->reading().usedBytes, std::uint64_t{ 9000 - 2000 - 1500 - 100 });
        QCOMPARE(*reader->reading().cacheBytes, std::uint64_t{ 4000 }); // shared memory included, as a guest's Cached
    }

    void countsWhatTheKernelEndedForWantOfMemory()
    {
        fillFolder();
        m_files.write("cg/memory.events", "low 0\nhigh 0\nmax 7\noom 2\noom_kill 1\noom_group_kill 0\n");
        auto reader = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(reader && reader->refresh(m_buffer));
        QCOMPARE(*reader->reading().oomKills, std::uint64_t{ 1 });
        m_files.write("cg/memory.events", "oom_kill 3\n");
        m_files.write("cg/cpu.stat", "usage_usec 5000\n"); // something ran
        QVERIFY(reader->refresh(m_buffer));
        QCOMPARE(*reader->reading().oomKills, std::uint64_t{ 3 });
    }

    void leavesOutWhatHasNoController()
    {
        FakeProc files;
        (void)makeFolders(files.path("cg"));
        files.write("cg/cpu.stat", "usage_usec 5\n");
        auto reader = CgroupReader::open(files.path("cg"));
        QVERIFY(reader && reader->refresh(m_buffer));
        QVERIFY(reader->reading().cpuNanoseconds);
        QCOMPARE(reader->reading().chargeBytes.needs(), Needs::MemoryController);
        QCOMPARE(reader->reading().usedBytes.needs(), Needs::MemoryController);
        QCOMPARE(reader->reading().cacheBytes.needs(), Needs::MemoryController);
        QCOMPARE(reader->reading().oomKills.needs(), Needs::MemoryController);
        QVERIFY(!reader->reading().hasIoController);
        QCOMPARE(reader->reading().diskReads.needs(), Needs::IoController);
        QCOMPARE(reader->reading().throttledNanoseconds.needs(), Needs::CpuController);
        QCOMPARE(reader->reading().cpuPressureNanoseconds.needs(), Needs::CgroupPressure);
    }

    void doesNotOverstateTheChargeWhereTheCacheIsNotKnown()
    {
        fillFolder();
        m_files.write("cg/memory.stat", "anon 1\n");
        auto reader = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(reader && reader->refresh(m_buffer));
        QVERIFY(!reader->reading().chargeBytes);
        QCOMPARE(reader->reading().chargeBytes.needs(), Needs::MemoryStat);
        QCOMPARE(reader->reading().usedBytes.needs(), Needs::MemoryStat);
    }

    void tellsNoTrafficFromAnUnreadableFile()
    {
        fillFolder();
        m_files.write("cg/io.stat", "");
        auto idle = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(idle && idle->refresh(m_buffer));
        QCOMPARE(*idle->reading().diskReadBytes, std::uint64_t{ 0 });
        (void)removeTree(m_files.path("cg/io.stat"));
        (void)makeFolders(m_files.path("cg/io.stat")); // opens, and cannot be read
        auto broken = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(broken && broken->refresh(m_buffer));
        QVERIFY(broken->reading().hasIoController);
        QCOMPARE(broken->reading().diskReadBytes.needs(), Needs::IoStat);
    }

    void isNoCgroupWithoutCpuStat()
    {
        const auto reader = CgroupReader::open("/tmp");
        QVERIFY(!reader);
        QCOMPARE(reader.error().code, ErrorCode::NotFound);
    }

    void seesMemoryChangeWhileNothingRuns()
    {
        fillFolder();
        auto reader = CgroupReader::open(m_files.path("cg"), m_files.path("sys"));
        QVERIFY(reader && reader->refresh(m_buffer));
        m_files.write("cg/memory.current", "5000\n");
        QVERIFY(reader->refresh(m_buffer));
        QCOMPARE(*reader->reading().chargeBytes, std::uint64_t{ 3000 });
    }

    void listsProcessesOfFoldersBelow()
    {
        fillFolder();
        (void)makeFolders(m_files.path("cg/inner/deep"));
        m_files.write("cg/inner/deep/cgroup.procs", "30\n31\n");
        auto reader = CgroupReader::open(m_files.path("cg"));
        auto pids = reader->pids(m_buffer);
        std::sort(pids.begin(), pids.end());
        QCOMPARE(pids, (std::vector<pid_t>{ 10, 11, 30, 31 }));
    }

    void knowsWhoIsInside_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("inside");
        QTest::newRow("itself") << QByteArray("0::/a/b\n") << true;
        QTest::newRow("below") << QByteArray("0::/a/b/c\n") << true;
        QTest::newRow("hybrid tree") << QByteArray("4:memory:/x\n1:name=systemd:/y\n0::/a/b\n") << true;
        QTest::newRow("above") << QByteArray("0::/a\n") << false;
        QTest::newRow("a name that only begins alike") << QByteArray("0::/a/bc\n") << false;
        QTest::newRow("of version 1 only") << QByteArray("4:memory:/a/b\n") << false;
    }
    void knowsWhoIsInside()
    {
        QFETCH(QByteArray, text);
        QTEST(isInCgroup(text.toStdString(), "/a/b"), "inside");
    }

    void followsARealCgroupToItsEnd()
    {
        const RealCgroup cgroup;
        if (cgroup.path().empty())
            QSKIP("needs a cgroup v2 tree that this user may write");
        Victim victim([](int, VictimReport&) { burnCpu(100'000'000); });
        QVERIFY(writeFileInPlace(cgroup.path() + "/cgroup.procs", std::to_string(victim.pid())));
        auto reader = CgroupReader::open(cgroup.path());
        QVERIFY(reader && reader->refresh(m_buffer));
        const auto before = reader->reading().cpuNanoseconds.value();
        victim.doStep();
        QVERIFY(reader->refresh(m_buffer));
        QVERIFY(reader->reading().cpuNanoseconds.value() - before >= 90'000'000);
        QCOMPARE(reader->pids(m_buffer), std::vector<pid_t>{ victim.pid() });
        victim.end();
        QVERIFY(reader->refresh(m_buffer));
        QVERIFY(!reader->isPopulated());
        cgroup.remove();
        QVERIFY(!reader->refresh(m_buffer));
    }

    void findsTheMountOfACgroup()
    {
        const RealCgroup cgroup;
        if (cgroup.path().empty())
            QSKIP("needs a cgroup v2 tree that this user may write");
        const auto mount = cgroupMountOf(cgroup.path());
        QVERIFY(!mount.empty());
        QVERIFY(cgroup.path().starts_with(mount + "/"));
        QVERIFY(cgroupMountOf("/tmp").empty());
    }

private:
    static bool writeFileInPlace(const std::string& path, const std::string& text)
    {
        const auto file = openPath(path, O_WRONLY);
        return file && writeAll(*file, text);
    }

    void fillFolder()
    {
        (void)makeFolders(m_files.path("cg"));
        (void)makeFolders(m_files.path("sys/dev/block/8:0/slaves"));
        (void)makeFolders(m_files.path("sys/dev/block/253:0/slaves/sda"));
        m_files.write("cg/cpu.stat", "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n");
        m_files.write("cg/memory.current", "9000\n");
        m_files.write("cg/memory.stat", "anon 1\nfile 6\nactive_file 1\ninactive_file 2000\n");
        m_files.write("cg/io.stat",
            "8:0 rbytes=100 wbytes=200 rios=1 wios=2 dbytes=0 dios=0\n253:0 rbytes=100 wbytes=200 rios=1\n"
            "7:3 rbytes=50 wbytes=0\n");
        m_files.write("cg/cgroup.events", "populated 1\nfrozen 0\n");
        m_files.write("cg/cgroup.procs", "10\n11\n");
    }

    int pressuresReadIn(int rounds, CgroupReader& reader)
    {
        int count = 0;
        for (int round = 0; round < rounds; ++round) {
            const auto& pressure = reader.reading().cpuPressureNanoseconds;
            if (!reader.refresh(m_buffer) || (!pressure && pressure.needs() != Needs::NextPressureReading))
                return -1;
            count += pressure ? 1 : 0;
            m_cpuPressure = pressure.value_or(m_cpuPressure);
        }
        return count;
    }

    FakeProc m_files;
    ReadBuffer m_buffer{};
    std::uint64_t m_cpuPressure = 0; ///< as read last
};

QTEST_GUILESS_MAIN(CgroupReaderTest)
#include "cgroup_reader_test.moc"
