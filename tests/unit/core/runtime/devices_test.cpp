// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/mounts/devices.h"
#include "tests/support/child_report.h"
#include "tests/support/recording_syscalls.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

class DevicesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        TH_NEEDS_ROOT;
        m_folder = std::make_unique<QTemporaryDir>();
        auto folder = openPath(m_folder->path().toStdString(), O_PATH | O_DIRECTORY);
        QVERIFY(folder);
        m_root = std::make_unique<RootFd>(*std::move(folder));
        m_calls.calls.clear();
    }

    void makesTheSixOfTheSpecification()
    {
        QVERIFY(populateDevices(m_calls, *m_root, {}, NodeSource::Make));
        const std::vector<std::pair<const char*, dev_t>> expected{ { "dev/null", makedev(1, 3) },
            { "dev/zero", makedev(1, 5) }, { "dev/full", makedev(1, 7) }, { "dev/random", makedev(1, 8) },
            { "dev/urandom", makedev(1, 9) }, { "dev/tty", makedev(5, 0) } };
        for (const auto& [name, number] : expected) {
            struct stat info { };
            QCOMPARE(::stat(path(name).c_str(), &info), 0);
            QVERIFY(S_ISCHR(info.st_mode));
            QCOMPARE(info.st_rdev, number);
        }
        QCOMPARE(std::count(m_calls.calls.begin(), m_calls.calls.end(), "attach"), 0);
    }

    void mountsEachOnItselfForAContainerThatCanMakeNodes()
    {
        QVERIFY(populateDevices(m_calls, *m_root, {}, NodeSource::MakeAsMounts));
        QCOMPARE(std::count(m_calls.calls.begin(), m_calls.calls.end(), "attach"), 6);
    }

    void bindsTheHostsWhereNobodyCanMakeNodes()
    {
        QVERIFY(populateDevices(m_calls, *m_root, {}, NodeSource::BindFromHost));
        QCOMPARE(std::count(m_calls.calls.begin(), m_calls.calls.end(), "attach"), 6);
        struct stat info { };
        QCOMPARE(::stat(path("dev/null").c_str(), &info), 0);
        QVERIFY(S_ISREG(info.st_mode)); // the place for the mount
    }

    void makesThoseOfTheFileWithModeAndOwner()
    {
        const oci::Device fuse{ "/dev/fuse", 'c', 10, 229, 0640, 12, 34 };
        const oci::Device pipe{ "/dev/deep/pipe", 'p', 0, 0, 0600, 0, 0 };
        QVERIFY(populateDevices(m_calls, *m_root, { fuse, pipe }, NodeSource::Make));
        struct stat info { };
        QCOMPARE(::stat(path("dev/fuse").c_str(), &info), 0);
        QCOMPARE(info.st_rdev, makedev(10, 229));
        QCOMPARE(info.st_uid, 12U);
        QCOMPARE(info.st_gid, 34U);
        QCOMPARE(::stat(path("dev/deep/pipe").c_str(), &info), 0);
        QVERIFY(S_ISFIFO(info.st_mode));
    }

    void takesTheDefaultForOneThatIsNamedAgain()
    {
        QVERIFY(populateDevices(m_calls, *m_root, { { "/dev/null", 'c', 1, 5, 0666, 0, 0 } }, NodeSource::Make));
        struct stat info { };
        QCOMPARE(::stat(path("dev/null").c_str(), &info), 0);
        QCOMPARE(info.st_rdev, makedev(1, 3));
    }

    void refusesAnotherFileInADevicesPlace_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char* kind : { "file", "link", "other device", "folder" })
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void refusesAnotherFileInADevicesPlace()
    {
        QFETCH(QString, kind);
        QVERIFY(makeFolders(path("dev"), 0755));
        const std::string place = path("dev/null");
        if (kind == QStringLiteral("file"))
            QVERIFY(writeFileAtomically(place, "", 0666));
        if (kind == QStringLiteral("link"))
            QCOMPARE(::symlink("/dev/null", place.c_str()), 0);
        if (kind == QStringLiteral("other device"))
            QCOMPARE(::mknod(place.c_str(), S_IFCHR | 0666, makedev(1, 5)), 0);
        if (kind == QStringLiteral("folder"))
            QVERIFY(makeFolders(place, 0755));
        auto made = populateDevices(m_calls, *m_root, {}, NodeSource::Make);
        QVERIFY(!made);
        QVERIFY2(made.error().message.rfind("device /dev/null", 0) == 0, made.error().message.c_str());
    }

    void takesARightOneThatIsThere()
    {
        QVERIFY(makeFolders(path("dev"), 0755));
        QCOMPARE(::mknod(path("dev/null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
        QVERIFY(populateDevices(m_calls, *m_root, {}, NodeSource::Make));
    }

    void linksTheStandardStreams()
    {
        QVERIFY(linkDevices(*m_root));
        const std::vector<std::pair<const char*, const char*>> expected{ { "dev/fd", "/proc/self/fd" },
            { "dev/stdin", "/proc/self/fd/0" }, { "dev/stdout", "/proc/self/fd/1" },
            { "dev/stderr", "/proc/self/fd/2" }, { "dev/ptmx", "pts/ptmx" } };
        for (const auto& [name, target] : expected) {
            char text[64] = {};
            QVERIFY(::readlink(path(name).c_str(), text, sizeof text - 1) > 0);
            QCOMPARE(std::string(text), std::string(target));
        }
        QVERIFY(linkDevices(*m_root)); // what stands there already is left alone
    }

    void closesTheFolderToDevices()
    {
        QVERIFY(makeFolders(path("dev"), 0755));
        QVERIFY(closeDeviceFolder(m_calls, *m_root));
        QCOMPARE(m_calls.calls, std::vector<std::string>{ "change +" + std::to_string(MOUNT_ATTR_NODEV) + " -0 p0" });
    }

private:
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RootFd> m_root;
    NodeMakingSyscalls m_calls;
};

QTEST_GUILESS_MAIN(DevicesTest)
#include "devices_test.moc"
