// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/containers/root_copy.h"
#include "core/images/image_store.h"
#include "core/images/root_form.h"
#include "tests/support/ctl_world.h"
#include "tests/support/store_on_overlay.h"
#include "tests/support/wait_for_job.h"

#include <QCoreApplication>
#include <QDir>
#include <QSignalSpy>
#include <QTest>

#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

using namespace twinhull;
using test::ctl;
using test::CtlWorld;

/// Real containers on a store that takes no overlay: it lies on one, as in a container.
class CtlRootCopyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("TWINHULL_LIBEXEC", TH_BIN_DIR);
        qputenv("TWINHULL_FUSE_OVERLAYFS", "none");
        m_store.emplace(m_world);
        QVERIFY2(!m_store->hasFailed(), "root cannot mount the store");
        if (!m_store->isThere())
            QSKIP("only root can mount the store; container_rootless_test does it for an ordinary user");
        const auto made = ctl({ "images", "starter" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
    }

    void cleanupTestCase() { m_store.reset(); }

    void cleanup() { CtlWorld::removeContainers(); }

    void copiesTheImageAndSaysWhy()
    {
        QVERIFY(starts({ "run", "--name", "web", "starter" }));
        const auto inspected = ctl({ "inspect", "web", "--json" }).json()[0];
        QCOMPARE(inspected[u"root"][u"kind"].toString(), QStringLiteral("copy"));
        const QString because = inspected[u"root"][u"because"].toString();
        QVERIFY2(because.startsWith(QString::fromStdString(m_world.folders().data) + u':')
                && because.endsWith(u"fuse-overlayfs is not installed"),
            qPrintable(because));
        const auto known = knownRootForm(m_world.folders()); // found out by another process
        QVERIFY(known && known->kind == RootKind::Copy);
        QCOMPARE(known->because, because.toStdString());
        QCOMPARE(ctl({ "exec", "web", "stat", "-c", "%u:%g %a", "/", "/bin/busybox" }).out,
            QByteArray("0:0 755\n0:0 755\n"));
    }

    void refusesACopyAsCold()
    {
        const auto compared = ctl({ "compare", "--a-a", "container", "--caches", "cold", "--repeat", "1", "--warm-up",
            "0", "--workload", "idle", "starter" });
        QVERIFY(compared.exitCode != 0);
        QVERIFY2(compared.text().contains(u"copy of the image"), qPrintable(compared.text()));
        QCOMPARE(CtlWorld::containers().size(), 0);
    }

    void keepsChangesAndMakesAnImageOfThem()
    {
        QVERIFY(starts({ "run", "--name", "web", "starter" }));
        QCOMPARE(inside("web",
                     "echo new > /srv/new; ln /srv/new /srv/twin; rm -r /srv/www/cgi-bin /etc/passwd; "
                     "truncate -s 50M /srv/sparse; cat /srv/new"),
            QByteArray("new\n"));
        QCOMPARE(ctl({ "stop", "--force", "web" }).exitCode, 0);
        QCOMPARE(ctl({ "start", "web" }).exitCode, 0);
        QCOMPARE(inside("web", "cat /srv/twin; ls /etc/passwd 2>/dev/null"), QByteArray("new\n")); // not copied again
        const auto changes = ctl({ "diff", "web" });
        QVERIFY2(changes.exitCode == 0, qPrintable(changes.text()));
        for (const char* line :
            { "A /srv/new\n", "A /srv/twin\n", "C /srv\n", "D /etc/passwd\n", "D /srv/www/cgi-bin\n" })
            QVERIFY2(changes.out.contains(line), qPrintable(QLatin1String(line) + changes.text()));
        QVERIFY2(!changes.out.contains("busybox"), qPrintable(changes.text()));
        const auto committed = ctl({ "commit", "web", "changed:1" });
        QVERIFY2(committed.exitCode == 0, qPrintable(committed.text()));
        QVERIFY(starts({ "run", "--name", "again", "changed:1" })); // its layers have whiteouts
        QCOMPARE(inside("again",
                     "cat /srv/twin; stat -c '%h %s' /srv/new /srv/sparse; ls /etc/passwd /srv/www/cgi-bin "
                     "2>/dev/null; echo end"),
            QByteArray("new\n2 4\n1 52428800\nend\n"));
        const auto second = ctl({ "diff", "again" });
        QVERIFY2(!second.out.contains("/srv"), qPrintable(second.text())); // a fresh copy is no change
    }

    /// What was left by a copy that was killed is no root.
    void takesNoHalfCopyForWhole()
    {
        QCOMPARE(ctl({ "create", "--name", "web", "starter" }).exitCode, 0);
        const std::string folder
            = m_world.folders().containers() + "/" + CtlWorld::only()[u"id"].toString().toStdString();
        const QDir upper(QString::fromStdString(folder + "/upper"));
        QVERIFY(upper.exists() && upper.isEmpty());
        const std::string half = folder + "/upper.999999999-0.partial"; // of no process: above any pid_max
        QVERIFY(makeFolders(half + "/bin") && writeFileAtomically(half + "/bin/busybox", "half"));
        const auto diff = ctl({ "diff", "web" }); // nothing yet, and all that is missing was not removed
        QVERIFY2(diff.exitCode == 0 && diff.out.isEmpty(), qPrintable(diff.text()));
        QVERIFY(starts({ "start", "web" }));
        QVERIFY(!exists(half));
        QCOMPARE(inside("web", "echo whole"), QByteArray("whole\n"));
        QCOMPARE(QDir(QString::fromStdString(folder)).entryList({ QStringLiteral("*.partial") }).size(), 0);
    }

    /// What is mounted for a look before the first start does not pass for the image's files.
    void isWholeForWhoLooksIntoItFirst()
    {
        QCOMPARE(ctl({ "create", "--name", "web", "starter" }).exitCode, 0);
        QVERIFY(writeFileAtomically(path("new"), "new\n"));
        const auto listed = ctl({ "ls", "web:/bin" });
        QVERIFY2(listed.exitCode == 0 && listed.out.contains("busybox"), qPrintable(listed.text()));
        const auto copied = ctl({ "cp", path("new"), "web:/srv/new" });
        QVERIFY2(copied.exitCode == 0, qPrintable(copied.text()));
        QVERIFY(starts({ "start", "web" }));
        QCOMPARE(inside("web", "cat /srv/new; echo whole"), QByteArray("new\nwhole\n"));
    }

    void leavesNothingWhereItFailsOrIsCancelled_data()
    {
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("the disk is full") << ErrorCode::OutOfSpace;
        QTest::newRow("cancelled") << ErrorCode::Cancelled;
    }
    void leavesNothingWhereItFailsOrIsCancelled()
    {
        if (!m_store->isMounted())
            QSKIP("mounting a small file system needs root");
        QFETCH(ErrorCode, code);
        const std::string layer = path("layer");
        QVERIFY(makeFolders(layer) && writeFileAtomically(layer + "/a", "a"));
        QVERIFY(writeFileAtomically(layer + "/large", std::string(32U << 20U, 'x')));
        const ContainerFolder folder(m_world.folders(), "full");
        QVERIFY(makeFolders(folder.path()));
        const char* const size = code == ErrorCode::OutOfSpace ? "size=2m" : "size=64m";
        QCOMPARE(::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, size), 0);
        const bool isMade = bool(makeFolders(folder.upperPath()));
        ContainerSettings settings;
        settings.root = { RootKind::Copy, "a test" };
        auto job = rootCopyJob(QStringLiteral("copy"), folder, settings, { QString::fromStdString(layer) });
        QSignalSpy finished(job.get(), &Job::finished);
        job->start();
        bool isCaught = true;
        if (code == ErrorCode::Cancelled) {
            isCaught = isWorkerStopped(folder.path(), *job);
            job->cancel();
        }
        const bool isFinished = job->isFinished() || finished.wait(60'000);
        const QStringList left = QDir(QString::fromStdString(folder.path()))
                                     .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
        const bool isEmpty = QDir(QString::fromStdString(folder.upperPath())).isEmpty();
        QCOMPARE(::umount2(folder.path().c_str(), MNT_DETACH), 0);
        QVERIFY(removeTree(folder.path()));
        QVERIFY(isMade && isCaught && isFinished);
        const auto result = job->result();
        QVERIFY(!result);
        QCOMPARE(result.error().code, code);
        QVERIFY(code == ErrorCode::Cancelled || !result.error().hint.empty());
        QCOMPARE(left, QStringList{ QStringLiteral("upper") });
        QVERIFY(isEmpty);
    }

    void makesADiskWithoutAnOverlay()
    {
        if (findExecutable("mkfs.erofs").empty())
            QSKIP("erofs-utils is not installed");
        ImageStore store(m_world.folders());
        const auto image = store.find(QStringLiteral("changed:1"));
        QVERIFY(image);
        auto job = store.makeDisk(image->digest);
        const auto made = test::runJob(*job);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        struct stat info { };
        QCOMPARE(::stat(store.diskPath(image->digest).toUtf8().constData(), &info), 0);
        QVERIFY(info.st_size > 500'000); // busybox alone is larger
        const QDir disks(QString::fromStdString(m_world.folders().disks()));
        QVERIFY(disks.entryList({ QStringLiteral("*.partial") }, QDir::AllEntries).isEmpty());
    }

private:
    /// Stops whoever makes the copy in `folder` in the middle of it, by the process id in its partial name.
    static bool isWorkerStopped(const std::string& folder, const Job& job)
    {
        QStringList partials;
        while (partials.isEmpty() && !job.isFinished()) {
            QCoreApplication::processEvents();
            partials = QDir(QString::fromStdString(folder)).entryList({ QStringLiteral("upper.*.partial") });
        }
        const pid_t worker = partials.isEmpty() ? 0 : partials.front().section(u'.', 1, 1).section(u'-', 0, 0).toInt();
        return worker > 0 && ::kill(worker, SIGSTOP) == 0;
    }

    std::string path(const char* name) const { return m_world.path(QLatin1String(name)).toStdString(); }

    static bool starts(const std::vector<std::string>& words)
    {
        const auto run = ctl(words);
        if (run.exitCode != 0)
            qWarning("%s", qPrintable(run.text()));
        return run.exitCode == 0;
    }

    static QByteArray inside(const std::string& name, const std::string& script)
    {
        const auto run = ctl({ "exec", "-u", "0", name, "sh", "-c", script });
        return run.err.isEmpty() ? run.out : run.out + run.err;
    }

    test::TemporaryWorld m_world;
    std::optional<test::StoreOnOverlay> m_store;
};

QTEST_GUILESS_MAIN(CtlRootCopyTest)
#include "ctl_root_copy_test.moc"
