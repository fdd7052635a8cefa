// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/external_mounts.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::runtime;

/// Which mounts of a container come from outside, and under what names they are found again.
class ExternalMountsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheKernelsTable()
    {
        auto table = parseMountTable("36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw\n"
                                     "37 36 0:5 / /dev rw - devtmpfs udev rw\n");
        QVERIFY(table);
        QCOMPARE(table->size(), std::size_t{ 2 });
        QCOMPARE(table->at(0).id, 36);
        QCOMPARE(table->at(0).device, std::string("98:0"));
        QCOMPARE(table->at(0).root, std::string("/mnt1"));
        QCOMPARE(table->at(0).path, std::string("/mnt 2"));
        QCOMPARE(table->at(0).type, std::string("ext3"));
        QCOMPARE(table->at(1).type, std::string("devtmpfs"));
    }

    void refusesWhatIsNoTable_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("words") << QByteArray("no table at all");
        QTest::newRow("no type") << QByteArray("36 35 98:0 / / rw,noatime master:1");
        QTest::newRow("no number") << QByteArray("x 35 98:0 / / rw - ext3 a rw");
        QTest::newRow("a number beyond int") << QByteArray("99999999999 35 98:0 / / rw - ext3 a rw");
        QTest::newRow("an empty line") << QByteArray("\n");
    }
    void refusesWhatIsNoTable()
    {
        QFETCH(QByteArray, line);
        QVERIFY(!parseMountTable(line.toStdString()));
    }

    void readsItsOwnTable() { QVERIFY(readMountTable("self")); }

    void comparesWholeNames()
    {
        QVERIFY(isAtOrBelow("/data", "/data"));
        QVERIFY(isAtOrBelow("/data/a", "/data"));
        QVERIFY(isAtOrBelow("/data", "/"));
        QVERIFY(!isAtOrBelow("/database", "/data"));
        QVERIFY(!isAtOrBelow("/", "/data"));
    }

    void writesPathsPlainly()
    {
        QCOMPARE(plainPath("//a/./b//"), std::string("/a/b"));
        QCOMPARE(plainPath("/a/../../b"), std::string("/b"));
        QCOMPARE(plainPath(""), std::string("/"));
    }

    void namesBindMountsByWhatConfigSays()
    {
        // /var/run is a link to /run in the image
        const std::vector<oci::Mount> mounts{ { "/run", "tmpfs", "tmpfs", {} },
            { "/var/run/sock", "bind", "/host/sock", { "rbind" } }, { "/data", "", "host", { "bind" } } };
        const std::vector<std::string> resolved{ "/run", "/run/sock", "/data" };
        auto external = externalMountsOf(
            { root(), line("0:30", "/", "/run", "tmpfs"), line("8:1", "/host/sock", "/run/sock", "ext4"),
                line("0:31", "/", "/run/sock/deep", "tmpfs"), line("0:32", "/", "/data", "tmpfs") },
            mounts, resolved);
        QVERIFY2(external, external ? "" : external.error().message.c_str());
        const ExternalMounts expected{ { "/run/sock", "/var/run/sock" }, { "/run/sock/deep", "/var/run/sock/deep" },
            { "/data", "/data" } };
        QCOMPARE(*external, expected);
    }

    void leavesItsOwnFileSystemsToCriu()
    {
        const std::vector<oci::Mount> mounts{ { "/proc", "proc", "proc", {} }, { "/dev", "tmpfs", "tmpfs", {} } };
        auto external = externalMountsOf(
            { root(), line("0:40", "/", "/proc", "proc"), line("0:40", "/bus", "/proc/bus", "proc"),
                line("0:41", "/", "/dev", "tmpfs"), line("0:41", "/tty", "/dev/tty", "tmpfs"),
                line("0:42", "/", "/proc/acpi", "tmpfs"), line("0:5", "/null", "/proc/kcore", "devtmpfs"),
                line("0:26", "/hull/web", "/sys/fs/cgroup", "cgroup2"), line("8:1", "/image/etc", "/etc", "ext4") },
            mounts, { "/proc", "/dev" });
        QVERIFY2(external, external ? "" : external.error().message.c_str());
        QCOMPARE(*external, (ExternalMounts{ { "/proc/kcore", "/dev/null" } }));
    }

    void refusesWhatNoConfigNames()
    {
        auto external = externalMountsOf({ root(), line("8:7", "/srv", "/later", "ext4") }, {}, {});
        QVERIFY(!external);
        QCOMPARE(external.error().code, ErrorCode::Unsupported);
        QVERIFY(external.error().message.find("/later") != std::string::npos);
    }

    void findsSourcesAgain()
    {
        oci::RuntimeSpec spec;
        spec.mounts = { { "/data/", "bind", "files", { "rbind" } }, { "/proc", "proc", "proc", {} } };
        spec.linux_.devices = { { "/dev/fuse", 'c', 10, 229, {}, 0, 0 } };
        const auto sources = externalSourcesOf(
            spec, "/bundle", { line("8:1", "/", "/", "ext4"), line("8:2", "/", "/bundle/files/more", "ext4") });
        const auto has = [&](const char* name, const char* path) {
            return std::find(sources.begin(), sources.end(), std::pair<std::string, std::string>(name, path))
                != sources.end();
        };
        QVERIFY(has("/data", "/bundle/files"));
        QVERIFY(has("/data/more", "/bundle/files/more"));
        QVERIFY(has("/dev/null", "/dev/null"));
        QVERIFY(has("/dev/fuse", "/dev/fuse"));
        QVERIFY(!has("/proc", "/bundle/proc"));
    }

private:
    static MountLine line(const char* device, const char* shown, const char* path, const char* type)
    {
        return { 1, device, shown, path, type };
    }
    static MountLine root() { return line("8:1", "/image", "/", "ext4"); }
};

QTEST_GUILESS_MAIN(ExternalMountsTest)
#include "external_mounts_test.moc"
