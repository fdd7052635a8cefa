// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/isolation/isolation_reader.h"

#include "core/isolation/device_list.h"
#include "tests/support/forked_child.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

using namespace twinhull;

class IsolationReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void seesThisProcessAlikeFromBothSides()
    {
        const auto own = readOwnView();
        const auto other = readViewOf(::getpid());
        QVERIFY(own && other);
        QCOMPARE(own->namespaces, other->namespaces);
        QCOMPARE(own->bootId, other->bootId);
        QCOMPARE(own->bootId.size(), std::size_t{ 36 });
        QCOMPARE(own->userId, ::geteuid());
        QCOMPARE(own->mounts, other->mounts);
        QVERIFY(own->namespaces.size() >= 7);
        QVERIFY(own->knownCapabilities >= 38);
        QVERIFY(own->visibleProcesses && *own->visibleProcesses >= 1);
        QVERIFY(own->devices && !other->visibleProcesses);
    }

    void seesWhatAChildGaveUp()
    {
        const test::ForkedChild child([] {
            return ::unshare(CLONE_NEWUSER | CLONE_NEWUTS) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
        });
        if (!child.isPrepared())
            QSKIP("user namespaces are not allowed here");
        const auto own = readOwnView();
        const auto view = readViewOf(child.pid());
        QVERIFY(own && view);
        QVERIFY(view->hasNoNewPrivileges);
        for (std::size_t i = 0; i < own->namespaces.size(); ++i) {
            const std::string& name = own->namespaces[i].name;
            QCOMPARE(view->namespaces[i].name, name);
            QCOMPARE(view->namespaces[i].inode != own->namespaces[i].inode, name == "user" || name == "uts");
        }
    }

    void seesTheDeviceThatAProcessHoldsOpen()
    {
        const test::ForkedChild child(
            [] { return ::open("/dev/mem", O_PATH) >= 0 || ::open("/dev/fuse", O_PATH) >= 0; });
        if (!child.isPrepared())
            QSKIP("neither /dev/mem nor /dev/fuse is here");
        const auto view = readViewOf(child.pid());
        QVERIFY(view && view->devices);
        QCOMPARE(view->devices->size(), std::size_t{ 1 }); // not null, not a terminal
    }

    void findsNodesTwoFoldersDeepAndFollowsNoLink()
    {
        QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        QCOMPARE(::mkdir((path + "/net").c_str(), 0700), 0);
        QCOMPARE(::mkdir((path + "/net/deep").c_str(), 0700), 0);
        QCOMPARE(::symlink("/dev/null", (path + "/link").c_str()), 0);
        if (::mknod((path + "/net/tun").c_str(), S_IFCHR | 0600, makedev(1, 3)) != 0)
            QSKIP("device nodes cannot be made here");
        QCOMPARE(::mknod((path + "/net/deep/x").c_str(), S_IFCHR | 0600, makedev(1, 3)), 0);
        QCOMPARE(deviceNodesBelow(path), std::vector{ path + "/net/tun" });
        QVERIFY(deviceNodesBelow(path + "/gone").empty());
        QVERIFY(!openDevices(path + "/gone"));
        QVERIFY(!countProcesses(path + "/gone"));
    }

    void readsMounts()
    {
        const auto mounts = mountsFrom("29 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n"
                                       "30 29 0:5 / /a\\040b ro,nosuid - tmpfs tmpfs rw\n"
                                       "31 29 0:6 / /lower rw,nodev master:2 propagate_from:1 - erofs /dev/loop0 ro\n"
                                       "not a mount\n"
                                       "32 29 0:7 / /short rw - ext4\n"
                                       "33 29 0:8 / /last rw - proc proc rw\n"
                                       "34 33 0:9 /null /proc/keys rw - devtmpfs dev rw");
        const std::vector<MountPoint> expected{ { "/", "ext4", false }, { "/a b", "tmpfs", true },
            { "/lower", "erofs", true }, { "/last", "proc", false }, { "/proc/keys", "devtmpfs", false, true } };
        QCOMPARE(mounts, expected);
        QVERIFY(mountsFrom("").empty());
        std::string many;
        for (int i = 0; i < 1000; ++i)
            many += "1 1 0:1 / /x rw - tmpfs t rw\n";
        QCOMPARE(mountsFrom(many).size(), kIsolationListLimit);
    }

    void namesCapabilities()
    {
        QVERIFY(capabilityNames(0).empty());
        QCOMPARE(capabilityNames(1U | 1U << 21U), (std::vector<std::string>{ "CAP_CHOWN", "CAP_SYS_ADMIN" }));
        QCOMPARE(capabilityNames(std::uint64_t(1) << 63U), (std::vector<std::string>{ "bit 63" }));
    }

    void saysThatAProcessIsGone()
    {
        pid_t gone = 0;
        {
            const test::ForkedChild child([] { return true; });
            gone = child.pid();
        }
        const auto view = readViewOf(gone);
        QVERIFY(!view);
        QCOMPARE(view.error().code, ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(IsolationReaderTest)
#include "isolation_reader_test.moc"
