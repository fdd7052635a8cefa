// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/boot_marks.h"
#include "core/guest/guest_disks.h"
#include "core/guest/guest_figures.h"
#include "core/guest/guest_network.h"
#include "core/guest/guest_port.h"
#include "core/guest/guest_program.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace twinhull;

/// What guest-init reads of its machine, on folders and texts shaped like the kernel's.
class GuestReportsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsMemoryAndNetwork()
    {
        const GuestReading reading
            = readingFrom({ "MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable: 400 kB\nBuffers: 10 kB\nCached: 90 kB\n"
                            "SwapCached: 1 kB\nSwapTotal: 70 kB\nSwapFree: 40 kB\n",
                "Inter-| Receive | Transmit\n face |bytes packets\n    lo: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n"
                "  eth0: 700 7 0 0 0 0 0 0 80 2 0 0 0 0 0 0\n  eth1:  1 1 0 0 0 0 0 0 2 2 0 0 0 0 0 0\n",
                "cpu  10 20 30 999 999 1 2 999 10 0\ncpu0 5 5 5 5 5 5 5 5 5 5\n", "12.05 3.00 1.00 2/80 117\n" });
        QCOMPARE(reading.memoryTotalBytes, std::optional<std::uint64_t>(1000 * 1024));
        QCOMPARE(reading.memoryAvailableBytes, std::optional<std::uint64_t>(400 * 1024));
        QCOMPARE(reading.memoryCacheBytes, std::optional<std::uint64_t>(100 * 1024));
        QCOMPARE(reading.swapUsedBytes, std::optional<std::uint64_t>(30 * 1024));
        QCOMPARE(reading.loadThousandths, std::optional<std::uint64_t>(12'050));
        QCOMPARE(reading.networkReceivedBytes, std::optional<std::uint64_t>(701));
        QCOMPARE(reading.networkSentBytes, std::optional<std::uint64_t>(82));
        QCOMPARE(reading.networkReceivedPackets, std::optional<std::uint64_t>(8));
        QCOMPARE(reading.networkSentPackets, std::optional<std::uint64_t>(4));
        const auto tick = 1'000'000'000U / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
        QCOMPARE(reading.cpuNanoseconds, std::optional<std::uint64_t>(63 * tick)); // not idle, waiting or stolen
    }

    void leavesOutWhatIsNotThere()
    {
        QVERIFY(readingFrom({}) == GuestReading{});
        QVERIFY(!readingFrom({ {}, {}, "cpu 1 2 3\n", {} }).cpuNanoseconds);
        QVERIFY(!readingFrom({ {}, "lo: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n", {}, {} }).networkReceivedBytes);
        QVERIFY(!readingFrom({ {}, {}, {}, "1,05 3.00\n" }).loadThousandths);
        QVERIFY(!readingFrom({ "SwapTotal: 1 kB\nSwapFree: 2 kB\n", {}, {}, {} }).swapUsedBytes);
    }

    void readsItsRootFileSystem()
    {
        const GuestReading reading = readGuestFigures(); // of the computer that runs the tests
        QVERIFY(reading.rootSizeBytes.value_or(0) > 0);
        QVERIFY(reading.rootUsedBytes.value_or(~std::uint64_t{ 0 }) <= *reading.rootSizeBytes);
    }

    void findsADiskByItsSerialNumber()
    {
        writeBelow("block/vda/serial", "other");
        writeBelow("block/vdb/serial", "twinhull-root\n");
        QDir(m_world.path()).mkpath(QStringLiteral("block/ram0"));
        const auto found = diskBySerial(m_world.path(QStringLiteral("block")).toStdString(), "twinhull-root");
        QVERIFY(found);
        QCOMPARE(*found, std::string("/dev/vdb"));
        QVERIFY(!diskBySerial(m_world.path(QStringLiteral("block")).toStdString(), "none"));
    }

    void findsAPortByItsName()
    {
        writeBelow("ports/vport0p1/name", "com.others\n");
        writeBelow("ports/vport0p2/name", "org.twinhull.agent.0\n");
        const auto found = portByName(m_world.path(QStringLiteral("ports")).toStdString(), kGuestAgentPort);
        QVERIFY(found);
        QCOMPARE(*found, std::string("/dev/vport0p2"));
    }

    void tellsTheAgesOfItsMarks()
    {
        BootMarks marks;
        marks.add("kernel", 0);
        marks.add("init", 700);
        const auto ages = marks.agesAt(1000);
        QCOMPARE(ages.at(0).ageNanoseconds, std::int64_t(1000));
        QCOMPARE(ages.at(1).ageNanoseconds, std::int64_t(300));
        QCOMPARE(marks.agesAt(500).at(1).ageNanoseconds, std::int64_t(0));
    }

    void findsTheEntrypointInThePath()
    {
        QCOMPARE(*findProgram("/opt/run", "/bin"), std::string("/opt/run"));
        QCOMPARE(*findProgram("sh", "/nowhere:/bin"), std::string("/bin/sh"));
        QVERIFY(!findProgram("sh", "/nowhere"));
    }

    void replacesLinksInsteadOfFollowingThem()
    {
        const QString root = m_world.path(QStringLiteral("root"));
        QDir().mkpath(root + QStringLiteral("/etc"));
        writeBelow("outside", "untouched");
        QVERIFY(QFile::link(m_world.path(QStringLiteral("outside")), root + QStringLiteral("/etc/resolv.conf")));
        GuestSetup setup;
        setup.hostName = "web";
        setup.network = GuestNetwork{};
        QVERIFY(bool(writeNames(root.toStdString(), setup)));
        QCOMPARE(textOf(m_world.path(QStringLiteral("outside"))), QByteArray("untouched"));
        QCOMPARE(textOf(root + QStringLiteral("/etc/resolv.conf")), QByteArray("nameserver 10.0.2.3\n"));
        QVERIFY(textOf(root + QStringLiteral("/etc/hosts")).contains("10.0.2.15\tweb\n"));
    }

private:
    void writeBelow(const char* path, const QByteArray& text)
    {
        const QString full = m_world.path(QString::fromLatin1(path));
        QDir().mkpath(full.section(u'/', 0, -2));
        QFile file(full);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    }

    static QByteArray textOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    test::TemporaryWorld m_world;
};

QTEST_GUILESS_MAIN(GuestReportsTest)
#include "guest_reports_test.moc"
