// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/mounts/fuse_root.h"
#include "core/runtime/mounts/hidden_paths.h"
#include "core/runtime/mounts/mount_options.h"
#include "core/runtime/mounts/mounter.h"
#include "core/runtime/mounts/root_filesystem.h"
#include "tests/support/recording_syscalls.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/mount.h>
#include <sys/stat.h>

using namespace twinhull;
using namespace twinhull::runtime;
using twinhull::test::RecordingSyscalls;

class MountsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(path("root"), 0755) && makeFolders(path("outside"), 0755));
        auto folder = openPath(path("root"), O_PATH | O_DIRECTORY);
        QVERIFY(folder);
        m_root = std::make_unique<RootFd>(*std::move(folder));
    }

    void resolvesAbsoluteLinksInsideTheRoot()
    {
        QVERIFY(makeFolders(path("root/real"), 0755));
        QCOMPARE(::symlink("/real", path("root/link").c_str()), 0);
        QVERIFY(m_root->makeFolder("/link/new"));
        QVERIFY(exists(path("root/real/new")));
    }

    void neverLeavesByDots()
    {
        QCOMPARE(::symlink("../outside", path("root/link").c_str()), 0);
        QVERIFY(!m_root->makeFolder("/link/new"));
        QVERIFY(!m_root->makeFolder("/a/../../outside/new"));
        QVERIFY(!exists(path("outside/new")));
    }

    void makesNothingThroughADanglingLink()
    {
        QCOMPARE(::symlink((path("outside") + "/made").c_str(), path("root/file").c_str()), 0);
        QVERIFY(!m_root->makeFile("/file"));
        QVERIFY(!exists(path("outside/made")));
    }

    void refusesLinksWhereAsked()
    {
        QVERIFY(makeFolders(path("root/real"), 0755));
        QCOMPARE(::symlink("real", path("root/proc").c_str()), 0);
        QVERIFY(m_root->makeFolder("/proc"));
        QVERIFY(!m_root->makeFolder("/proc", RootFd::Links::Refuse));
    }

    void makesFilesWithTheirParents()
    {
        QVERIFY(m_root->makeFile("/etc/deep/hosts"));
        QVERIFY(m_root->makeFile("/etc/deep/hosts"));
        QVERIFY(exists(path("root/etc/deep/hosts")));
        QCOMPARE(RootFd::lastComponent("/a/b/"), std::string("b"));
    }

    void sortsOptionsByWhoUnderstandsThem()
    {
        auto options
            = parseMountOptions({ "ro", "nosuid", "rbind", "rslave", "size=4k", "newinstance", "strictatime" });
        QVERIFY(options);
        QCOMPARE(options->bind, MountOptions::Bind::Recursive);
        QCOMPARE(options->set, std::uint64_t{ MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME });
        QCOMPARE(options->propagations.size(), std::size_t{ 1 });
        QCOMPARE(options->propagations[0].flag, std::uint64_t{ MS_SLAVE });
        QVERIFY(options->propagations[0].isRecursive);
        QCOMPARE(options->fileSystem.size(), std::size_t{ 2 });
        QCOMPARE(options->fileSystem[1].second, std::string());
    }

    void letsTheLastOfTwoOptionsWin()
    {
        auto options = parseMountOptions({ "ro", "rw", "nodev", "dev" });
        QVERIFY(options);
        QCOMPARE(options->set, std::uint64_t{ 0 });
        QVERIFY(options->allowsDevices);
    }

    void refusesOptionsItCannotDo() { QVERIFY(!parseMountOptions({ "lowerdir=" + std::string(300, 'x') })); }

    void mountsEverythingWithoutDevices()
    {
        RecordingSyscalls calls;
        Mounter mounter(calls, *m_root, { path("root"), false, {} });
        QVERIFY(mounter.mountAll({ { "/dev", "tmpfs", "tmpfs", { "mode=755" } }, { "/run", "tmpfs", "tmpfs", {} },
            { "/free", "tmpfs", "tmpfs", { "dev" } }, { "/data", "", path("outside"), { "bind" } } }));
        const std::string nodev = std::to_string(MOUNT_ATTR_NODEV);
        QCOMPARE(calls.calls,
            (std::vector<std::string>{ "make tmpfs 0 mode=755", "attach", "make tmpfs " + nodev, "attach",
                "make tmpfs 0", "attach", "clone " + path("outside"), "change +" + nodev + " -0 p0", "attach" }));
    }

    void labelsFileSystemsThatCanHoldLabels()
    {
        RecordingSyscalls calls;
        const std::string label = "system_u:object_r:container_file_t:s0:c1,c2";
        Mounter mounter(calls, *m_root, { path("root"), false, {}, label });
        QVERIFY(mounter.mountAll({ { "/dev", "tmpfs", "tmpfs", { "mode=755" } }, { "/dev/pts", "devpts", "devpts", {} },
            { "/own", "tmpfs", "tmpfs", { "context=\"a_t:s0:c3,c4\"" } }, { "/proc", "proc", "proc", {} },
            { "/sys", "sysfs", "sysfs", {} }, { "/dev/mqueue", "mqueue", "mqueue", {} },
            { "/sys/fs/cgroup", "cgroup", "cgroup", {} } }));
        const std::string nodev = std::to_string(MOUNT_ATTR_NODEV);
        QCOMPARE(calls.calls,
            (std::vector<std::string>{ "make tmpfs 0 mode=755 context=" + label, "attach",
                "make devpts 0 context=" + label, "attach", "make tmpfs " + nodev + " context=a_t:s0:c3,c4", "attach",
                "make proc " + nodev, "attach", "make sysfs " + nodev, "attach", "make mqueue " + nodev, "attach",
                "label " + label, "make cgroup2 " + nodev, "attach" }));
    }

    void leavesAGroupOutThatIsNotMapped()
    {
        RecordingSyscalls calls;
        Mounter mounter(calls, *m_root, { path("root"), true, { { 0, 1000, 1 } } });
        QVERIFY(mounter.mountAll({ { "/dev/pts", "devpts", "devpts", { "mode=0620", "gid=5" } } }));
        QCOMPARE(calls.calls.front(), std::string("make devpts 0 mode=0620"));
    }

    void warnsWhenThereAreNoCgroups()
    {
        RecordingSyscalls calls;
        calls.failing = "make cgroup2 " + std::to_string(MOUNT_ATTR_NODEV);
        Mounter mounter(calls, *m_root, { path("root"), false, {} });
        QVERIFY(mounter.mountAll({ { "/sys/fs/cgroup", "cgroup", "cgroup", {} } }));
        QCOMPARE(mounter.warnings().size(), std::size_t{ 1 });
    }

    void namesTheMountThatFails()
    {
        RecordingSyscalls calls;
        Mounter mounter(calls, *m_root, { path("root"), false, {} });
        auto done = mounter.mountAll({ { "/data", "", "/no/such/folder", { "bind" } } });
        QVERIFY(!done);
        QCOMPARE(done.error().message.rfind("mount /data: source /no/such/folder", 0), std::size_t{ 0 });
        Mounter placed(calls, *m_root, { path("root"), false, {}, {}, nullptr, false, "config.json: mounts" });
        done = placed.mountAll({ { "/run", "tmpfs", "tmpfs", {} }, { "/data", "", "/no/such/folder", { "bind" } } });
        QVERIFY(!done);
        QCOMPARE(done.error().message.rfind("config.json: mounts[1]: mount /data: source", 0), std::size_t{ 0 });
    }

    void masksFilesAndFoldersAndSkipsWhatIsNotThere()
    {
        QVERIFY(m_root->makeFile("/keys") && m_root->makeFolder("/firmware"));
        RecordingSyscalls calls;
        QVERIFY(maskPaths(calls, *m_root, { "/keys", "/firmware", "/absent/path" }));
        QCOMPARE(calls.calls.size(), std::size_t{ 4 });
        QCOMPARE(calls.calls[0], std::string("clone "));
        QCOMPARE(calls.calls[2].rfind("make tmpfs", 0), std::size_t{ 0 });
    }

    void plansLayersFromAnnotations()
    {
        oci::RuntimeSpec spec;
        spec.root.path = "merged";
        spec.annotations[std::string(oci::kAnnotationLower)] = path("outside") + ":" + path("root");
        auto root = planRootFilesystem(spec, path("root"));
        QVERIFY(root);
        QCOMPARE(root->lower.size(), std::size_t{ 2 });
        QVERIFY(exists(path("root/merged")));
        spec.annotations[std::string(oci::kAnnotationUpper)] = path("outside");
        QVERIFY(!planRootFilesystem(spec, path("root")));
        spec.annotations[std::string(oci::kAnnotationLower)] = path("absent");
        QCOMPARE(planRootFilesystem(spec, path("root")).error().code, ErrorCode::NotFound);
    }

    void findsFuseOverlayfsItself()
    {
        oci::RuntimeSpec spec;
        spec.root.path = "merged";
        spec.annotations[std::string(oci::kAnnotationLower)] = path("outside") + ":" + path("root");
        spec.annotations[std::string(oci::kAnnotationFuse)] = "/bin/sh";
        qputenv("TWINHULL_FUSE_OVERLAYFS", "/bin/true");
        const auto root = planRootFilesystem(spec, path("root"));
        qputenv("TWINHULL_FUSE_OVERLAYFS", "true"); // whatever PATH leads to
        const auto unclear = planRootFilesystem(spec, path("root"));
        qunsetenv("TWINHULL_FUSE_OVERLAYFS");
        QVERIFY(root && root->fuseProgram == "/bin/true");
        QVERIFY(!unclear);
        QCOMPARE(unclear.error().code, ErrorCode::Unavailable);
        QVERIFY(unclear.error().hint.find("package fuse-overlayfs") != std::string::npos);
    }

    void givesOverlayFoldersByDescriptor()
    {
        RecordingSyscalls calls;
        RootFilesystem root{ path("root"), { path("outside"), path("root") }, path("outside"), path("outside"), {},
            true };
        QVERIFY(mountRootFilesystem(calls, root));
        QCOMPARE(calls.calls.front(), std::string("mount - "));
        const QString options = QString::fromStdString(calls.calls[1]);
        QVERIFY2(options.contains(QStringLiteral("userxattr")), calls.calls[1].c_str());
        QVERIFY(!options.contains(QString::fromStdString(path("outside"))));
    }

    void namesTheLayersToFuseOverlayfs()
    {
        RootFilesystem root{ "/r", { "/high,a", "/low" }, "/up\\", "/work", {}, true };
        root.fuseProgram = "/usr/bin/fuse-overlayfs";
        QCOMPARE(fuseRootCommand(root, 3),
            (std::vector<std::string>{ "/usr/bin/fuse-overlayfs", "-f", "-o",
                "writeback=0,lowerdir=/high\\,a:/low,upperdir=/up\\\\,workdir=/work", "/dev/fd/3" }));
    }

    void labelsLayersAndCovers()
    {
        QVERIFY(m_root->makeFolder("/firmware"));
        RecordingSyscalls calls;
        const std::string label = "system_u:object_r:container_file_t:s0:c1,c2";
        RootFilesystem root{ path("root"), { path("outside"), path("root") }, {}, {}, {}, false, label };
        QVERIFY(mountRootFilesystem(calls, root) && maskPaths(calls, *m_root, { "/firmware" }, label));
        QVERIFY2(calls.calls[1].ends_with(",context=\"" + label + "\""), calls.calls[1].c_str());
        QVERIFY2(calls.calls[2].ends_with(" size=4k context=" + label), calls.calls[2].c_str());
    }

private:
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RootFd> m_root;
};

QTEST_GUILESS_MAIN(MountsTest)
#include "mounts_test.moc"
