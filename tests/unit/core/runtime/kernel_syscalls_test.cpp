// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/mounts/mounter.h"
#include "core/runtime/mounts/root_filesystem.h"
#include "core/runtime/process/console.h"
#include "core/runtime/syscalls.h"
#include "tests/support/child_report.h"

#include <QTemporaryDir>
#include <QTest>

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// The real calls, in mount namespaces that children of the test make.
class KernelSyscallsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        TH_NEEDS_ROOT;
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(path("root/data"), 0755) && makeFolders(path("other"), 0755));
        QVERIFY(writeFileAtomically(path("other/file"), "text", 0644));
    }

    void makesAndAttachesAFileSystem()
    {
        const std::string report = apart([&] {
            auto made = m_calls.makeFileSystem(
                { "tmpfs", "tmpfs", { { "size", "64k" }, { "mode", "0711" } }, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV });
            auto place = openPath(path("root/data"), O_PATH | O_DIRECTORY);
            if (!made || !place)
                return std::string("not made");
            const auto attached = m_calls.attachMount(made->fd(), place->fd());
            struct statvfs system { };
            struct stat info { };
            (void)::statvfs(path("root/data").c_str(), &system);
            (void)::stat(path("root/data").c_str(), &info);
            return told(attached) + " " + std::to_string(system.f_blocks * system.f_frsize) + " "
                + std::to_string(info.st_mode & 0777) + " " + ((system.f_flag & ST_NODEV) != 0 ? "nodev" : "dev");
        });
        QCOMPARE(report, std::string("done 65536 457 nodev"));
    }

    void mountsAFileSystemAtOnce()
    {
        const std::string report = apart([&] {
            auto place = openPath(path("root/data"), O_PATH | O_DIRECTORY);
            const auto done = m_calls.mountFileSystem(
                { "tmpfs", "tmpfs", { { "size", "64k" }, { "mode", "0711" } }, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV },
                place->fd());
            struct statvfs system { };
            struct stat info { };
            (void)::statvfs(path("root/data").c_str(), &system);
            (void)::stat(path("root/data").c_str(), &info);
            return told(done) + " " + std::to_string(system.f_blocks * system.f_frsize) + " "
                + std::to_string(info.st_mode & 0777) + " " + ((system.f_flag & ST_NODEV) != 0 ? "nodev" : "dev");
        });
        QCOMPARE(report, std::string("done 65536 457 nodev"));
    }

    void namesTheOptionThatAFileSystemRefuses()
    {
        const std::string report = apart([&] {
            auto place = openPath(path("root/data"), O_PATH | O_DIRECTORY);
            return told(m_calls.mountFileSystem({ "tmpfs", "tmpfs", { { "colour", "red" } }, 0 }, place->fd()));
        });
        QVERIFY2(report.find("option colour=red of tmpfs") != std::string::npos, report.c_str());
    }

    void bindsAFolderReadonly()
    {
        const std::string report = apart([&] {
            auto clone = m_calls.cloneMount(AT_FDCWD, path("other").c_str(), AT_RECURSIVE);
            auto place = openPath(path("root/data"), O_PATH | O_DIRECTORY);
            if (!clone || !place)
                return std::string("not cloned");
            const auto changed = m_calls.changeMount(clone->fd(), { MOUNT_ATTR_RDONLY, 0, 0, 0 });
            const auto attached = m_calls.attachMount(clone->fd(), place->fd());
            auto written = openPath(path("root/data/file"), O_WRONLY);
            return told(changed) + " " + told(attached) + " " + *readFile(path("root/data/file")) + " "
                + std::to_string(written ? 0 : written.error().sysErrno);
        });
        QCOMPARE(report, "done done text " + std::to_string(EROFS));
    }

    void changesTheRoot()
    {
        const std::string report = apart([&] {
            auto root = mountRootFilesystem(m_calls, { path("root"), {}, {}, {}, {}, false });
            if (!root)
                return root.error().message;
            const auto entered = enterRoot(m_calls, *root, OldRoot::Apart);
            char folder[4096] = {};
            return told(entered) + " " + (::getcwd(folder, sizeof folder) != nullptr ? folder : "nowhere") + " "
                + (exists("/data") ? "inside" : "outside") + " " + (exists("/proc/self") ? "host" : "alone");
        });
        QCOMPARE(report, std::string("done / inside alone"));
    }

    void mountsLayersOverEachOther()
    {
        QVERIFY(
            makeFolders(path("lower"), 0755) && makeFolders(path("upper"), 0755) && makeFolders(path("work"), 0755));
        QVERIFY(writeFileAtomically(path("lower/below"), "below", 0644));
        const std::string report = apart([&] {
            auto root = mountRootFilesystem(
                m_calls, { path("root"), { path("other"), path("lower") }, path("upper"), path("work"), {}, false });
            if (!root)
                return root.error().message;
            return *readFile(path("root/file")) + " " + *readFile(path("root/below")) + " "
                + told(writeFileAtomically(path("root/new"), "new"));
        });
        QCOMPARE(report, std::string("text below done"));
        QCOMPARE(*readFile(path("upper/new")), std::string("new"));
    }

    void namesTheOptionThatAFileSystemDoesNotKnow()
    {
        auto made = m_calls.makeFileSystem({ "tmpfs", "tmpfs", { { "colour", "red" } }, 0 });
        QVERIFY(!made);
        QVERIFY2(
            made.error().message.find("option colour=red of tmpfs") != std::string::npos, made.error().message.c_str());
    }

    void namesTheFileSystemThatIsNotThere()
    {
        auto made = m_calls.makeFileSystem({ "nosuchfs", {}, {}, 0 });
        QVERIFY(!made);
        QVERIFY2(made.error().message.find("file system nosuchfs") != std::string::npos, made.error().message.c_str());
    }

    void runsAProcessThatSharesTheMemory()
    {
        const std::string report = inChild([&] {
            pid_t seen = 0;
            std::string name;
            int status = -1;
            const auto ran = m_calls.runSharingMemory({ CLONE_NEWUTS, -1 }, [&] {
                seen = ::getpid();
                name = told(m_calls.setHostname("deck")) + " " + std::string(100, 'x'); // of the heap that is shared
            });
            if (!ran || ::waitpid(ran->pid, &status, 0) != ran->pid)
                return std::string("not run");
            const std::string host = *readFile("/proc/sys/kernel/hostname");
            return name.substr(0, 6) + std::to_string(name.size()) + (seen == ran->pid ? " itself " : " another ")
                + std::to_string(status) + (seen != ::getpid() ? " apart" : " here") + (host == "deck\n" ? "!" : "")
                + (ran->pidfd ? " held" : "");
        });
        QCOMPARE(report, std::string("done x105 itself 0 apart held"));
    }

    void runsNothingThatCannotBeBorn()
    {
        bool hasRun = false;
        auto folder = openPath(path("other"), O_RDONLY | O_DIRECTORY);
        QVERIFY(folder);
        const auto ran = m_calls.runSharingMemory({ 0, folder->fd() }, [&] { hasRun = true; }); // no cgroup
        QVERIFY(!ran && !hasRun);
        QCOMPARE(ran.error().sysErrno, EBADF);
    }

    void setsNames()
    {
        const std::string report = inChild([&] {
            if (::unshare(CLONE_NEWUTS) != 0)
                return std::string("no namespace");
            const auto host = m_calls.setHostname("deck");
            const auto domain = m_calls.setDomainname("sea");
            return told(host) + " " + told(domain) + " " + *readFile("/proc/sys/kernel/hostname")
                + *readFile("/proc/sys/kernel/domainname");
        });
        QCOMPARE(report, std::string("done done deck\nsea\n"));
    }

    void opensATerminalOfTheContainersOwn()
    {
        const std::string report = apart([&] {
            const RootFd root = rootWithTerminals();
            oci::Process process;
            process.consoleSize = oci::ConsoleSize{ 40, 120 };
            auto console = openConsole(root, process);
            if (!console)
                return console.error().message;
            winsize size{};
            (void)::ioctl(console->master.fd(), TIOCGWINSZ, &size);
            const auto shown = mountConsole(m_calls, root, *console);
            struct stat slave { };
            struct stat place { };
            (void)::fstat(console->slave.fd(), &slave);
            (void)::stat(path("root/dev/console").c_str(), &place);
            return told(shown) + " " + std::to_string(size.ws_row) + "x" + std::to_string(size.ws_col) + " "
                + (slave.st_rdev == place.st_rdev && slave.st_rdev != 0 ? "same" : "another");
        });
        QCOMPARE(report, std::string("done 40x120 same"));
    }

    // CVE-2025-52565 and its like: what stands at /dev/pts/ptmx may be anything
    void refusesWhatIsNoTerminalMultiplexer_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char* kind : { "file", "null device", "link", "multiplexer outside devpts" })
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void refusesWhatIsNoTerminalMultiplexer()
    {
        QFETCH(QString, kind);
        QVERIFY(makeFolders(path("root/dev/pts"), 0755));
        const std::string place = path("root/dev/pts/ptmx");
        if (kind == QStringLiteral("file"))
            QVERIFY(writeFileAtomically(place, "", 0666));
        if (kind == QStringLiteral("null device"))
            QCOMPARE(::mknod(place.c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
        if (kind == QStringLiteral("link"))
            QCOMPARE(::symlink("/dev/ptmx", place.c_str()), 0);
        if (kind == QStringLiteral("multiplexer outside devpts"))
            QCOMPARE(::mknod(place.c_str(), S_IFCHR | 0666, makedev(5, 2)), 0);
        auto folder = openPath(path("root"), O_PATH | O_DIRECTORY);
        QVERIFY(folder);
        QVERIFY(!openConsole(RootFd(*std::move(folder)), {}));
    }

private:
    /// In a mount namespace whose changes the host does not see.
    static std::string apart(const std::function<std::string()>& work)
    {
        return inChild([&] {
            if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
                return std::string("no mount namespace");
            return work();
        });
    }
    RootFd rootWithTerminals() const
    {
        auto folder = openPath(path("root"), O_PATH | O_DIRECTORY);
        RootFd root(folder ? *std::move(folder) : UniqueFd());
        auto place = root.makeFolder("/dev/pts");
        auto made
            = m_calls.makeFileSystem({ "devpts", "devpts", { { "newinstance", "" }, { "ptmxmode", "0666" } }, 0 });
        if (place && made)
            (void)m_calls.attachMount(made->fd(), place->fd()); // openConsole fails without
        return root;
    }
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    Syscalls& m_calls = kernelSyscalls();
};

QTEST_GUILESS_MAIN(KernelSyscallsTest)
#include "kernel_syscalls_test.moc"
