// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/mount_options.h"

#include <QTest>

#include <sys/mount.h>

#include <algorithm>

using namespace twinhull;
using namespace twinhull::runtime;

/// The table of runtime-spec, config.md, "Linux mount options", row by row.
class MountOptionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAttributes_data()
    {
        QTest::addColumn<quint64>("set");
        QTest::addColumn<quint64>("clear");
        const auto row = [](const char* name, quint64 set, quint64 clear) { QTest::newRow(name) << set << clear; };
        row("ro", MOUNT_ATTR_RDONLY, 0);
        row("rw", 0, MOUNT_ATTR_RDONLY);
        row("nosuid", MOUNT_ATTR_NOSUID, 0);
        row("suid", 0, MOUNT_ATTR_NOSUID);
        row("nodev", MOUNT_ATTR_NODEV, 0);
        row("dev", 0, MOUNT_ATTR_NODEV);
        row("noexec", MOUNT_ATTR_NOEXEC, 0);
        row("exec", 0, MOUNT_ATTR_NOEXEC);
        row("nodiratime", MOUNT_ATTR_NODIRATIME, 0);
        row("diratime", 0, MOUNT_ATTR_NODIRATIME);
        row("nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0);
        row("symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW);
        row("noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME);
        row("atime", 0, MOUNT_ATTR__ATIME);
        row("relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME);
        row("norelatime", 0, MOUNT_ATTR__ATIME);
        row("strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME);
        row("nostrictatime", 0, MOUNT_ATTR__ATIME);
    }
    void readsAttributes()
    {
        QFETCH(quint64, set);
        QFETCH(quint64, clear);
        const std::string name = QTest::currentDataTag();
        auto plain = parseMountOptions({ name });
        QVERIFY(plain);
        QCOMPARE(quint64{ plain->set }, set);
        QCOMPARE(quint64{ plain->clear }, clear);
        QVERIFY(plain->fileSystem.empty() && plain->recursiveSet == 0 && plain->recursiveClear == 0);
        auto recursive = parseMountOptions({ "r" + name });
        QVERIFY(recursive);
        QCOMPARE(quint64{ recursive->recursiveSet }, set);
        QCOMPARE(quint64{ recursive->recursiveClear }, clear);
        QVERIFY(recursive->fileSystem.empty() && recursive->set == 0 && recursive->clear == 0);
    }

    // mount_setattr(2): a bit in both masks, or half of the access time field, is EINVAL
    void letsTheLastOfTwoThatContradictWin_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<quint64>("set");
        const auto row = [](const char* first, const char* second, quint64 set) {
            QTest::newRow(qPrintable(QString::fromLatin1(first) + QLatin1Char(' ') + QString::fromLatin1(second)))
                << QStringList{ QString::fromLatin1(first), QString::fromLatin1(second) } << set;
        };
        row("ro", "rw", 0);
        row("rw", "ro", MOUNT_ATTR_RDONLY);
        row("nodev", "dev", 0);
        row("noatime", "strictatime", MOUNT_ATTR_STRICTATIME);
        row("strictatime", "relatime", 0);
        row("noatime", "atime", 0);
    }
    void letsTheLastOfTwoThatContradictWin()
    {
        QFETCH(QStringList, options);
        QFETCH(quint64, set);
        const std::string first = options[0].toStdString();
        const std::string second = options[1].toStdString();
        auto plain = parseMountOptions({ first, second });
        QVERIFY(plain);
        QCOMPARE(quint64{ plain->set }, set);
        QCOMPARE(quint64{ plain->set & plain->clear & ~std::uint64_t{ MOUNT_ATTR__ATIME } }, quint64{ 0 });
        auto recursive = parseMountOptions({ "r" + first, "r" + second });
        QVERIFY(recursive);
        QCOMPARE(quint64{ recursive->recursiveSet }, set);
        QCOMPARE(quint64{ recursive->recursiveSet & recursive->recursiveClear & ~std::uint64_t{ MOUNT_ATTR__ATIME } },
            quint64{ 0 });
    }

    void readsPropagation_data()
    {
        QTest::addColumn<quint64>("flag");
        QTest::newRow("private") << quint64{ MS_PRIVATE };
        QTest::newRow("slave") << quint64{ MS_SLAVE };
        QTest::newRow("shared") << quint64{ MS_SHARED };
        QTest::newRow("unbindable") << quint64{ MS_UNBINDABLE };
    }
    void readsPropagation()
    {
        QFETCH(quint64, flag);
        const std::string name = QTest::currentDataTag();
        auto both = parseMountOptions({ name, "rslave" }); // in this order: the kernel can do more than one
        QVERIFY(both && both->fileSystem.empty());
        QCOMPARE(both->propagations.size(), std::size_t{ 2 });
        QCOMPARE(quint64{ both->propagations[0].flag }, flag);
        QVERIFY(!both->propagations[0].isRecursive);
        QCOMPARE(quint64{ both->propagations[1].flag }, quint64{ MS_SLAVE });
        QVERIFY(both->propagations[1].isRecursive);
        auto all = parseMountOptions({ "r" + name });
        QVERIFY(all && all->propagations.size() == 1 && all->propagations[0].isRecursive);
    }

    void readsBinds()
    {
        QCOMPARE(parseMountOptions({})->bind, MountOptions::Bind::No);
        QCOMPARE(parseMountOptions({ "bind" })->bind, MountOptions::Bind::One);
        QCOMPARE(parseMountOptions({ "rbind" })->bind, MountOptions::Bind::Recursive);
    }

    void takesDevicesOnlyByName()
    {
        QVERIFY(!parseMountOptions({ "rw" })->allowsDevices);
        QVERIFY(parseMountOptions({ "dev" })->allowsDevices);
        QVERIFY(!parseMountOptions({ "dev", "nodev" })->allowsDevices);
        QVERIFY(!parseMountOptions({ "rdev" })->allowsDevices);
    }

    // a MUST of the specification that a file system would refuse as unknown
    void passesByWhatChangesNothing_data() { rows({ "defaults", "silent", "loud", "iversion", "noiversion" }); }
    void passesByWhatChangesNothing()
    {
        auto options = parseMountOptions({ QTest::currentDataTag() });
        QVERIFY(options && options->fileSystem.empty());
        QVERIFY(options->set == 0 && options->clear == 0 && options->propagations.empty());
    }

    void hasNoOptionWithoutAName()
    {
        auto options = parseMountOptions({ "", "size=1" });
        QVERIFY(options && options->fileSystem.size() == 1);
        QVERIFY(parseMountOptions({ "=1" }).error().message.find("=1") != std::string::npos);
    }

    void leavesTheFileSystemsOwnToIt_data()
    {
        rows({ "sync", "async", "dirsync", "lazytime", "nolazytime", "mand", "nomand", "newinstance", "size=65536k",
            "mode=755", "lowerdir=/a=b:/c", "rx", "r", "ROx" });
    }
    void leavesTheFileSystemsOwnToIt()
    {
        const std::string text = QTest::currentDataTag();
        auto options = parseMountOptions({ text });
        QVERIFY(options);
        QCOMPARE(options->fileSystem.size(), std::size_t{ 1 });
        const auto& [key, value] = options->fileSystem.front();
        QCOMPARE(value.empty() ? key : key + "=" + value, text);
        QVERIFY(key.find('=') == std::string::npos);
    }

    void keepsHowToMountFromTheFileSystem()
    {
        auto options = parseMountOptions({ "idmap", "tmpcopyup", "remount" });
        QVERIFY(options && options->fileSystem.empty());
        QCOMPARE(options->idMap, MountOptions::IdMap::One);
        QVERIFY(options->copiesUp && options->isRemount);
        QCOMPARE(parseMountOptions({ "ridmap" })->idMap, MountOptions::IdMap::Recursive);
    }

    void refusesMoreThanTheKernelTakes()
    {
        QVERIFY(parseMountOptions({ "x=" + std::string(253, 'y') }));
        auto options = parseMountOptions({ "x=" + std::string(254, 'y') });
        QVERIFY(!options);
        QCOMPARE(options.error().message, std::string("mount option x is too long"));
    }

    void showsEachThatItKnowsOnce()
    {
        auto names = knownMountOptions();
        std::sort(names.begin(), names.end());
        QVERIFY(std::adjacent_find(names.begin(), names.end()) == names.end());
        for (const char* name : { "bind", "rbind", "defaults", "ro", "rro", "rnoatime", "rslave", "runbindable", "sync",
                 "silent", "rsymfollow", "rstrictatime" })
            QVERIFY2(std::binary_search(names.begin(), names.end(), name), name);
    }

private:
    static void rows(std::initializer_list<const char*> names)
    {
        QTest::addColumn<int>("none");
        for (const char* name : names)
            QTest::newRow(name) << 0;
    }
};

QTEST_GUILESS_MAIN(MountOptionsTest)
#include "mount_options_test.moc"
