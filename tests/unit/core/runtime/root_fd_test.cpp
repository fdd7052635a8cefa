// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/root_fd.h"

#include "core/base/files.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <thread>

using namespace twinhull;
using namespace twinhull::runtime;

/// Images that lead elsewhere, standing still and while they are looked at.
class RootFdTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(makeFolders(path("root/real"), 0755) && makeFolders(path("outside"), 0755));
        QVERIFY(writeFileAtomically(path("outside/secret"), "secret", 0644));
        auto folder = openPath(path("root"), O_PATH | O_DIRECTORY);
        QVERIFY(folder);
        m_root = std::make_unique<RootFd>(*std::move(folder));
    }
    /// Whatever a function did, nothing came to be outside.
    void cleanup()
    {
        QCOMPARE(QDir(QString::fromStdString(path("outside"))).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
            QStringList{ QStringLiteral("secret") });
        QCOMPARE(*readFile(path("outside/secret")), std::string("secret"));
    }

    void findsNothingOutside_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("way");
        const auto row = [](const char* name, const char* target, const char* way) {
            QTest::newRow(name) << QString::fromLatin1(target) << QString::fromLatin1(way);
        };
        row("dots", "", "../outside/secret");
        row("dots from deep", "", "real/../../outside/secret");
        row("many dots", "", "/../../../../../../../../../..@/outside/secret");
        row("link up", "../outside", "link/secret");
        row("absolute link", "@/outside", "link/secret");
        row("absolute link to the file", "@/outside/secret", "link");
        row("link with dots behind it", "real", "link/../../outside/secret");
    }
    void findsNothingOutside()
    {
        QFETCH(QString, target);
        QFETCH(QString, way);
        const QString base = m_folder->path();
        if (!target.isEmpty())
            QCOMPARE(
                ::symlink(target.replace(QLatin1Char('@'), base).toUtf8().constData(), path("root/link").c_str()), 0);
        auto found = m_root->open(way.replace(QLatin1Char('@'), base).toStdString(), O_PATH);
        QVERIFY(!found);
        QCOMPARE(found.error().sysErrno, ENOENT);
    }

    void showsTheRootAsItsOwnParent()
    {
        auto top = m_root->open("/../../..", O_PATH | O_DIRECTORY);
        QVERIFY(top);
        QVERIFY(isSame(*top, path("root")));
        QCOMPARE(::symlink("/", path("root/slash").c_str()), 0);
        auto slash = m_root->open("/slash", O_PATH | O_DIRECTORY);
        QVERIFY(slash);
        QVERIFY(isSame(*slash, path("root")));
    }

    // /proc/self/root, /proc/self/fd/N: links that resolve to an object and not to a path
    void followsNoMagicLink()
    {
        auto everything = openPath("/", O_PATH | O_DIRECTORY);
        QVERIFY(everything);
        const RootFd host(*std::move(everything));
        for (const char* link : { "/proc/self/root", "/proc/self/cwd", "/proc/self/root/etc", "/proc/self/exe" }) {
            auto opened = host.open(link, O_PATH);
            QVERIFY2(!opened, link);
            QCOMPARE(opened.error().sysErrno, ELOOP);
        }
        QVERIFY(host.open("/proc/self/status", O_RDONLY)); // a link as any other
        QVERIFY(!host.open("/proc/self/status", O_RDONLY, RootFd::Links::Refuse));
    }

    void endsInALoopOfLinks()
    {
        QCOMPARE(::symlink("b", path("root/a").c_str()), 0);
        QCOMPARE(::symlink("a", path("root/b").c_str()), 0);
        QCOMPARE(m_root->open("/a", O_PATH).error().sysErrno, ELOOP);
        QVERIFY(!m_root->makeFolder("/a/new"));
        QVERIFY(!m_root->makeFile("/a/new"));
    }

    void makesFoldersWithTheUsualRights()
    {
        QVERIFY(m_root->makeFolder("/one/two/three"));
        struct stat info { };
        QCOMPARE(::stat(path("root/one/two").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777U, 0755U);
        QVERIFY(m_root->makeFolder("//one///two//"));
        QVERIFY(m_root->makeFolder("/"));
    }

    void makesNothingThatIsNoPath_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("parent of what is not there") << QStringLiteral("/none/..");
        QTest::newRow("itself of what is not there") << QStringLiteral("/none/.");
        QTest::newRow("empty") << QString();
    }
    void makesNothingThatIsNoPath()
    {
        QFETCH(QString, text);
        QVERIFY(!m_root->makeFolder(text.toStdString()));
        QVERIFY(!exists(path("root/none")) || text.isEmpty());
    }

    void takesAFileForNoFolder()
    {
        QVERIFY(m_root->makeFile("/plain"));
        QVERIFY(!m_root->makeFolder("/plain"));
        QVERIFY(!m_root->makeFolder("/plain/below"));
        QVERIFY(!m_root->makeFile("/plain/below"));
    }

    void leavesWhatAFileHolds()
    {
        QVERIFY(writeFileAtomically(path("root/hosts"), "mine", 0640));
        QVERIFY(m_root->makeFile("/hosts"));
        QCOMPARE(*readFile(path("root/hosts")), std::string("mine"));
    }

    void neverPassesDescriptorsOn()
    {
        for (auto opened : { m_root->makeFile("/f").value().release(), m_root->makeFolder("/d").value().release(),
                 m_root->open("/real", O_RDONLY).value().release() }) {
            const UniqueFd fd(opened);
            QCOMPARE(::fcntl(fd.fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        }
    }

    // CVE-2021-30465: what was looked at is exchanged for a link before it is used
    void staysInsideWhileFoldersAndLinksChangePlaces()
    {
        QVERIFY(makeFolders(path("root/moving"), 0755));
        QCOMPARE(::symlink(path("outside").c_str(), path("root/trap").c_str()), 0);
        std::atomic<bool> isOver = false;
        std::atomic<int> swaps = 0;
        std::thread attacker([&] {
            const auto swap = [&] {
                return ::syscall(SYS_renameat2, AT_FDCWD, path("root/moving").c_str(), AT_FDCWD,
                    path("root/trap").c_str(), RENAME_EXCHANGE);
            };
            while (!isOver)
                swaps += swap() == 0 ? 1 : 0;
        });
        int found = 0;
        for (int round = 0; round < 3000; ++round) {
            const std::string name = "/moving/n" + std::to_string(round % 50);
            (void)m_root->makeFile(name); // fails or not, as the race goes
            (void)m_root->makeFolder(name + "d/e");
            found += m_root->open("/moving/secret", O_RDONLY) ? 1 : 0;
        }
        isOver = true;
        attacker.join();
        QVERIFY(swaps > 0); // else nothing was tried
        QCOMPARE(found, 0);
    }

    void namesTheLastComponent_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("/a/b") << QStringLiteral("b");
        QTest::newRow("/a/b///") << QStringLiteral("b");
        QTest::newRow("b") << QStringLiteral("b");
        QTest::newRow("/") << QString();
        QTest::newRow("/a/..") << QStringLiteral("..");
    }
    void namesTheLastComponent()
    {
        QFETCH(QString, name);
        QCOMPARE(QString::fromStdString(RootFd::lastComponent(QTest::currentDataTag())), name);
    }

private:
    static bool isSame(const UniqueFd& fd, const std::string& other)
    {
        struct stat one { };
        struct stat two { };
        return ::fstat(fd.fd(), &one) == 0 && ::stat(other.c_str(), &two) == 0 && one.st_ino == two.st_ino
            && one.st_dev == two.st_dev;
    }
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RootFd> m_root;
};

QTEST_GUILESS_MAIN(RootFdTest)
#include "root_fd_test.moc"
