// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/mounts/hidden_paths.h"
#include "core/runtime/mounts/mounter.h"
#include "tests/support/child_report.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// Mounts of config.json as this kernel makes them, in mount namespaces of the test's children.
class RealMountsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { TH_NEEDS_ROOT; }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(path("root"), 0755) && makeFolders(path("other/below"), 0755));
        QVERIFY(writeFileAtomically(path("other/file"), "text", 0644));
    }

    // each of the table; the kernel refuses a wrong mask
    void takesEachOptionOnABind_data() { eachOption(); }
    void takesEachOptionOnABind()
    {
        const std::string report = apart([&](const RootFd& root) {
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            return told(mounter.mountAll({ { "/data", "", path("other"), { "rbind", QTest::currentDataTag() } } }));
        });
        QCOMPARE(report, std::string("done"));
    }

    void takesEachOptionOnAFileSystem_data() { eachOption(); }
    void takesEachOptionOnAFileSystem()
    {
        const QByteArray option = QTest::currentDataTag();
        if (option == "bind" || option == "rbind" || option == "remount") // nothing is there to be changed
            return;
        const std::string report = apart([&](const RootFd& root) {
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            return told(mounter.mountAll({ { "/data", "tmpfs", "tmpfs", { option.toStdString() } } }));
        });
        QCOMPARE(report, std::string("done"));
    }

    void showsTheOptionsInTheMountTable_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("shown");
        const auto row = [](const char* name, const QStringList& options, const char* shown) {
            QTest::newRow(name) << options << QString::fromLatin1(shown);
        };
        const auto text = [](const char* word) { return QString::fromLatin1(word); };
        row("read-only", { text("bind"), text("ro"), text("noexec"), text("nosuid") }, "ro,nosuid,nodev,noexec");
        row("no access times", { text("bind"), text("noatime") }, "rw,nodev,noatime");
        row("no links", { text("bind"), text("nosymfollow") }, "nosymfollow");
        row("devices by name", { text("bind"), text("dev"), text("noatime") }, "rw,noatime");
    }
    void showsTheOptionsInTheMountTable()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, shown);
        oci::Mount mount{ "/data", "", path("other"), {} };
        for (const auto& option : options)
            mount.options.push_back(option.toStdString());
        const std::string report = apart([&](const RootFd& root) {
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            const auto done = mounter.mountAll({ mount });
            return done ? optionsOf(path("root/data")) : done.error().message;
        });
        for (const auto& word : shown.split(QLatin1Char(',')))
            QVERIFY2(QString::fromStdString(report).split(QLatin1Char(',')).contains(word), report.c_str());
    }

    void closesWhatLiesBelowOnlyWhenAsked_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<bool>("canWriteBelow");
        QTest::newRow("ro") << QStringLiteral("ro") << true;
        QTest::newRow("rro") << QStringLiteral("rro") << false;
    }
    void closesWhatLiesBelowOnlyWhenAsked()
    {
        QFETCH(QString, option);
        QFETCH(bool, canWriteBelow);
        const std::string report = apart([&](const RootFd& root) {
            if (::mount("tmpfs", path("other/below").c_str(), "tmpfs", 0, nullptr) != 0)
                return std::string("no mount below");
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            const auto done = mounter.mountAll({ { "/data", "", path("other"), { "rbind", option.toStdString() } } });
            const auto top = openPath(path("root/data/new"), O_WRONLY | O_CREAT);
            const auto below = openPath(path("root/data/below/new"), O_WRONLY | O_CREAT);
            return told(done) + (top ? " open" : " closed") + (below ? " open" : " closed");
        });
        QCOMPARE(report, std::string(canWriteBelow ? "done closed open" : "done closed closed"));
    }

    void startsATmpfsWithWhatItCovers()
    {
        const std::string report = apart([&](const RootFd& root) {
            (void)root.makeFolder("/data/deep/er");
            (void)writeFileAtomically(path("root/data/deep/file"), "text", 0640);
            (void)::symlink("/etc/passwd", path("root/data/link").c_str());
            (void)::mkfifo(path("root/data/pipe").c_str(), 0600);
            (void)::chown(path("root/data/deep/file").c_str(), 12, 34);
            (void)::chmod(path("root/data").c_str(), 0751);
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            const auto done = mounter.mountAll({ { "/data", "tmpfs", "tmpfs", { "tmpcopyup", "ro" } } });
            struct stat file { };
            struct stat top { };
            struct stat link { };
            struct stat pipe { };
            (void)::stat(path("root/data/deep/file").c_str(), &file);
            (void)::stat(path("root/data").c_str(), &top);
            (void)::lstat(path("root/data/link").c_str(), &link);
            (void)::lstat(path("root/data/pipe").c_str(), &pipe);
            const auto made = openPath(path("root/data/new"), O_WRONLY | O_CREAT);
            return told(done) + "|" + *readFile(path("root/data/deep/file")) + "|"
                + std::to_string(file.st_mode & 07777U) + "|" + std::to_string(file.st_uid) + ":"
                + std::to_string(file.st_gid) + "|" + std::to_string(top.st_mode & 07777U) + "|"
                + (S_ISLNK(link.st_mode) ? "link" : "no link") + "|" + (S_ISFIFO(pipe.st_mode) ? "pipe" : "no pipe")
                + "|" + std::to_string(made ? 0 : made.error().sysErrno) + "|"
                + (exists(path("root/data/deep/er")) ? "folder" : "no folder");
        });
        QCOMPARE(report, "done|text|416|12:34|489|link|pipe|" + std::to_string(EROFS) + "|folder");
    }

    void endsACopyThatDoesNotFit()
    {
        const std::string report = apart([&](const RootFd& root) {
            (void)root.makeFolder("/data");
            (void)writeFileAtomically(path("root/data/large"), std::string(1U << 20U, 'x'), 0640);
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            return told(mounter.mountAll({ { "/data", "tmpfs", "tmpfs", { "tmpcopyup", "size=64k" } } }));
        });
        QCOMPARE(report, std::string("mount /data: fill the new tmpfs: copy large: No space left on device"));
    }

    void copiesUpIntoATmpfsOnly()
    {
        const std::string report = apart([&](const RootFd& root) {
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            return told(mounter.mountAll({ { "/data", "", path("other"), { "tmpcopyup" } } }));
        });
        QCOMPARE(report, std::string("mount /data: tmpcopyup is for a tmpfs"));
    }

    void startsANewFolderWithWhatItCovers_data()
    {
        QTest::addColumn<QString>("before"); // what stands beside the folder, or in it
        QTest::addColumn<QString>("after");
        const QString whole = QStringLiteral("done|text|416|12:34|489|link|no device|few blocks|old");
        QTest::newRow("new") << QStringLiteral(".v.new") << whole;
        QTest::newRow("half filled by one that was killed") << QStringLiteral(".v.new v.new.partial/half") << whole;
        QTest::newRow("not new") << QString() << QStringLiteral("done||||||||old");
        QTest::newRow("new and not empty") << QStringLiteral(".v.new v/mine") << QStringLiteral("done||||||||old");
    }
    void startsANewFolderWithWhatItCovers()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QVERIFY(makeFolders(path("v"), 0755) && makeFolders(path("v.new.partial")));
        for (const QString& name : before.split(u' ', Qt::SkipEmptyParts))
            QVERIFY(writeFileAtomically(path(qPrintable(name)), {}));
        const std::string report = apart([&](const RootFd& root) {
            (void)root.makeFolder("/real/deep");
            (void)::symlink("/real", path("root/data").c_str()); // the image's own link, within the root
            (void)writeFileAtomically(path("root/real/deep/file"), "text", 0640);
            (void)::chown(path("root/real/deep/file").c_str(), 12, 34);
            (void)::symlink("/etc/passwd", path("root/real/link").c_str());
            (void)::mknod(path("root/real/node").c_str(), S_IFCHR | 0600, makedev(1, 3));
            (void)writeFileAtomically(path("root/real/huge"), "x");
            (void)::truncate(path("root/real/huge").c_str(), off_t{ 1 } << 40);
            (void)::chmod(path("root/real").c_str(), 0751);
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            return told(mounter.mountAll({ { "/data", "bind", path("v"), { "rbind", "fillnew", "ro" } } }));
        });
        const auto text = readFile(path("v/deep/file"));
        struct stat file { };
        struct stat top { };
        struct stat link { };
        struct stat huge { };
        std::string found = report + "||||||||";
        if (text) {
            (void)::stat(path("v/deep/file").c_str(), &file);
            (void)::stat(path("v").c_str(), &top);
            (void)::lstat(path("v/link").c_str(), &link);
            (void)::stat(path("v/huge").c_str(), &huge);
            found = report + "|" + *text + "|" + std::to_string(file.st_mode & 07777U) + "|"
                + std::to_string(file.st_uid) + ":" + std::to_string(file.st_gid) + "|"
                + std::to_string(top.st_mode & 07777U) + "|" + (S_ISLNK(link.st_mode) ? "link" : "no link") + "|"
                + (exists(path("v/node")) ? "device" : "no device") + "|"
                + (huge.st_size == off_t{ 1 } << 40 && huge.st_blocks < 64 ? "few blocks" : "no hole") + "|";
        }
        found += exists(path(".v.new")) ? "new" : "old";
        QCOMPARE(QString::fromStdString(found), after);
        QCOMPARE(exists(path("v/half")), false);
        QVERIFY(text ? !exists(path("v.new.partial")) : true);
    }

    void leavesAFolderNewWhoseCopyFailed()
    {
        QVERIFY(makeFolders(path("v"), 0755) && writeFileAtomically(path(".v.new"), {}));
        const std::string report = apart([&](const RootFd& root) {
            std::string deep = "/data";
            for (int i = 0; i < 70; ++i)
                deep += "/d";
            (void)root.makeFolder(deep);
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            return told(mounter.mountAll({ { "/data", "bind", path("v"), { "rbind", "fillnew" } } }));
        });
        QCOMPARE(report, std::string("mount /data: fill the new volume: folders lie too deep to be copied"));
        QVERIFY(exists(path(".v.new")) && !exists(path("v.new.partial")) && !exists(path("v/d")));
    }

    void copiesAFileIntoMemory()
    {
        const std::string report = apart([&](const RootFd& root) {
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            const auto done = mounter.mountAll({ { "/run/secrets", "tmpfs", "tmpfs", { "mode=755", "nosuid" } },
                { "/run/secrets/deep/key", "copy", path("other/file"), { "mode=0440", "uid=12", "gid=34" } },
                { "/run/secrets", "none", "none", { "remount", "ro" } },
                { "/etc/key", "bind", "/run/secrets/deep/key", { "bind", "inroot", "ro", "noexec" } } });
            struct stat file { };
            (void)::stat(path("root/run/secrets/deep/key").c_str(), &file);
            const auto made = openPath(path("root/run/secrets/deep/key"), O_WRONLY);
            return told(done) + "|" + *readFile(path("root/run/secrets/deep/key")) + "|"
                + *readFile(path("root/etc/key")) + "|" + std::to_string(file.st_mode & 07777U) + "|"
                + std::to_string(file.st_uid) + ":" + std::to_string(file.st_gid) + "|"
                + std::to_string(made ? 0 : made.error().sysErrno) + "|" + optionsOf(path("root/etc/key"));
        });
        QCOMPARE(report, "done|text|text|288|12:34|" + std::to_string(EROFS) + "|ro,nosuid,nodev,noexec,relatime");
        // what was in memory is gone with the namespace; the root on the disk holds an empty place alone
        QCOMPARE(QFileInfo(QString::fromStdString(path("root/etc/key"))).size(), 0);
        QVERIFY(!exists(path("root/run/secrets/deep")));
    }

    void copiesIntoMemoryOnly_data()
    {
        QTest::addColumn<QString>("destination");
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("problem");
        const auto row = [](const char* name, const char* destination, const char* source, const char* option,
                             const char* problem) {
            QTest::newRow(name) << QString::fromLatin1(destination) << QString::fromLatin1(source)
                                << QString::fromLatin1(option) << QString::fromLatin1(problem);
        };
        row("onto a disk", "/etc/key", "other/file", "mode=0400", "no file system in memory");
        row("by a link that leads out", "/m/link/key", "other/file", "mode=0400", "");
        row("of a folder", "/m/key", "other/below", "mode=0400", "is no file");
        row("of nothing", "/m/key", "other/none", "mode=0400", "No such file");
        row("of a link", "/m/key", "other/alias", "mode=0400", "");
        row("over something", "/m/there", "other/file", "mode=0400", "exists");
        row("with a mode that raises", "/m/key", "other/file", "mode=4755", "mode=4755");
        row("with a strange option", "/m/key", "other/file", "size=1", "size=1");
    }
    void copiesIntoMemoryOnly()
    {
        QFETCH(QString, destination);
        QFETCH(QString, source);
        QFETCH(QString, option);
        QFETCH(QString, problem);
        const std::string report = apart([&](const RootFd& root) {
            (void)::symlink("file", path("other/alias").c_str());
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            if (const auto made = mounter.mountAll({ { "/m", "tmpfs", "tmpfs", {} } }); !made)
                return told(made);
            (void)::symlink(path("other").c_str(), path("root/m/link").c_str());
            (void)writeFileAtomically(path("root/m/there"), "mine", 0644);
            return told(mounter.mountAll(
                { { destination.toStdString(), "copy", path(qPrintable(source)), { option.toStdString() } } }));
        });
        QVERIFY2(report != "done" && report.find(problem.toStdString()) != std::string::npos, report.c_str());
        QVERIFY(!exists(path("other/key")));
    }

    void changesWhatIsMountedThere()
    {
        const std::string report = apart([&](const RootFd& root) {
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            const auto done = mounter.mountAll({ { "/data", "tmpfs", "tmpfs", { "nosuid" } },
                { "/data", "none", "none", { "remount", "ro", "noexec" } }, { "/data", "none", "", { "shared" } } });
            const auto refused = mounter.mountAll({ { "/data", "tmpfs", "tmpfs", { "remount", "size=4k" } } });
            return told(done) + "|" + optionsOf(path("root/data")) + "|" + told(refused);
        });
        QCOMPARE(report,
            std::string("done|ro,nosuid,nodev,noexec,relatime|mount /data: option size of a file system that is "
                        "mounted already"));
    }

    void masksWhatIsThere()
    {
        const std::string report = apart([&](const RootFd& root) {
            (void)root.makeFolder("/firmware/inner");
            (void)writeFileAtomically(path("root/keys"), "secret", 0644);
            (void)::symlink("/keys", path("root/alias").c_str());
            const auto masked = maskPaths(kernelSyscalls(), root, { "/keys", "/firmware", "/absent", "/keys/below" });
            const auto made = openPath(path("root/firmware/new"), O_WRONLY | O_CREAT);
            return told(masked) + "|" + *readFile(path("root/keys")) + "|" + (made ? "open" : "closed") + "|"
                + (exists(path("root/firmware/inner")) ? "seen" : "hidden");
        });
        QCOMPARE(report, std::string("done||closed|hidden"));
    }

    void masksBehindALinkInsideTheRootOnly()
    {
        const std::string report = apart([&](const RootFd& root) {
            (void)::symlink(path("other").c_str(), path("root/link").c_str());
            const auto masked = maskPaths(kernelSyscalls(), root, { "/link/file" });
            return told(masked) + " " + *readFile(path("other/file"));
        });
        QCOMPARE(report, std::string("done text"));
    }

    void closesPathsWithAllThatLiesBelow()
    {
        const std::string report = apart([&](const RootFd& root) {
            (void)root.makeFolder("/sys/inner");
            if (::mount("tmpfs", path("root/sys/inner").c_str(), "tmpfs", 0, nullptr) != 0)
                return std::string("no mount below");
            const auto closed = makeReadonly(kernelSyscalls(), root, { "/sys", "/absent" });
            const auto top = openPath(path("root/sys/new"), O_WRONLY | O_CREAT);
            const auto below = openPath(path("root/sys/inner/new"), O_WRONLY | O_CREAT);
            return told(closed) + " " + std::to_string(top ? 0 : top.error().sysErrno) + " "
                + std::to_string(below ? 0 : below.error().sysErrno);
        });
        QCOMPARE(report, "done " + std::to_string(EROFS) + " " + std::to_string(EROFS));
    }

    void namesTheOptionThatTheFileSystemRefuses()
    {
        const std::string report = apart([&](const RootFd& root) {
            Mounter mounter(kernelSyscalls(), root, { path("root"), false, {} });
            return told(mounter.mountAll({ { "/data", "tmpfs", "tmpfs", { "colour=red" } } }));
        });
        QVERIFY2(report.find("mount /data: option colour=red of tmpfs") == 0, report.c_str());
    }

private:
    static void eachOption()
    {
        QTest::addColumn<int>("none");
        for (const auto& name : knownMountOptions()) {
            if (name != "tmpcopyup" && name != "inroot" && name != "remount") // not for a bind of these; tested below
                QTest::newRow(name.c_str()) << 0;
        }
    }
    /// In a mount namespace whose changes the host does not see.
    std::string apart(const std::function<std::string(const RootFd&)>& work) const
    {
        return inChild([&] {
            if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
                || ::mount(path("root").c_str(), path("root").c_str(), nullptr, MS_BIND, nullptr) != 0)
                return std::string("no mount namespace");
            auto folder = openPath(path("root"), O_PATH | O_DIRECTORY);
            return folder ? work(RootFd(*std::move(folder))) : folder.error().message;
        });
    }
    /// Field 6 of /proc/self/mountinfo.
    static std::string optionsOf(const std::string& place)
    {
        const auto lines = QString::fromStdString(*readFile("/proc/self/mountinfo")).split(QLatin1Char('\n'));
        for (const auto& line : lines) {
            const auto fields = line.split(QLatin1Char(' '));
            if (fields.size() > 5 && fields[4].toStdString() == place)
                return fields[5].toStdString();
        }
        return "not mounted";
    }
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(RealMountsTest)
#include "real_mounts_test.moc"
