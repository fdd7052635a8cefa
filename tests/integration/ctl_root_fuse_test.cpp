// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/fuse_overlay_program.h"
#include "core/base/subprocess.h"
#include "core/images/root_form.h"
#include "tests/support/ctl_world.h"
#include "tests/support/store_on_overlay.h"

#include <QDir>
#include <QFileInfo>
#include <QTest>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

using namespace twinhull;
using test::ctl;
using test::CtlWorld;

/// Real containers on a store that takes no overlay but that of fuse-overlayfs.
class CtlRootFuseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("TWINHULL_LIBEXEC", TH_BIN_DIR);
        if (fuseOverlayProgram().empty())
            QSKIP("fuse-overlayfs is not installed");
        if (const UniqueFd device(::open("/dev/fuse", O_RDWR | O_CLOEXEC)); !device)
            QSKIP(qPrintable(QStringLiteral("/dev/fuse cannot be opened: ") + QString::fromUtf8(std::strerror(errno))));
        m_store.emplace(m_world);
        QVERIFY2(!m_store->hasFailed(), "root cannot mount the store");
        if (!m_store->isThere())
            QSKIP("only root can mount the store; container_rootless_test does it for an ordinary user");
        const auto made = ctl({ "images", "starter" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
    }

    void cleanupTestCase() { m_store.reset(); }

    void cleanup() { CtlWorld::removeContainers(); }

    void keepsChangesAndMakesAnImageOfThem()
    {
        QVERIFY(starts({ "run", "--name", "web", "starter" }));
        const QJsonObject root = inspected("web")[u"root"].toObject();
        QCOMPARE(root[u"kind"].toString(), QStringLiteral("fuse-overlayfs"));
        QVERIFY(root[u"because"].toString().startsWith(QString::fromStdString(m_world.folders().data)));
        const pid_t server = serverOf("web");
        QVERIFY(server > 0);
        QCOMPARE(inside("web", "grep -c ' / fuse.fuse-overlayfs ' /proc/mounts; stat -c '%u:%g %a' / /bin/busybox"),
            QByteArray("1\n0:0 755\n0:0 755\n"));
        QCOMPARE(inside("web", "echo guest:x:77:78::/:/bin/sh >> /etc/passwd"), QByteArray());
        QCOMPARE(ctl({ "exec", "-u", "guest", "web", "id", "-u" }).out, QByteArray("77\n"));
        QCOMPARE(inside("web",
                     "echo new > /srv/new; ln /srv/new /srv/twin; rm -r /srv/www/cgi-bin /etc/passwd; "
                     "chown 7:8 /srv/new; rm -r /etc/init.d 2>/dev/null; cat /srv/new"),
            QByteArray("new\n"));
        QVERIFY(ctl({ "diff", "web" }).out.contains("A /srv/new\n")); // in the upper folder while it runs
        QCOMPARE(ctl({ "stop", "--force", "web" }).exitCode, 0);
        QVERIFY(isGone(server));
        QVERIFY(!mountTable().contains("fuse-overlayfs"));

        QVERIFY(starts({ "start", "web" }));
        QCOMPARE(inside("web", "cat /srv/twin; stat -c '%u:%g %h' /srv/twin; ls /etc/passwd 2>/dev/null"),
            QByteArray("new\n7:8 2\n"));
        const auto changes = ctl({ "diff", "web" });
        QVERIFY2(changes.exitCode == 0, qPrintable(changes.text()));
        for (const char* line :
            { "A /srv/new\n", "A /srv/twin\n", "C /srv\n", "D /etc/passwd\n", "D /srv/www/cgi-bin\n" })
            QVERIFY2(changes.out.contains(line), qPrintable(QLatin1String(line) + changes.text()));
        QVERIFY2(!changes.out.contains("busybox") && !changes.out.contains(".wh."), qPrintable(changes.text()));

        const auto committed = ctl({ "commit", "web", "changed:1" });
        QVERIFY2(committed.exitCode == 0, qPrintable(committed.text()));
        QVERIFY(starts({ "run", "--name", "again", "changed:1" })); // its layers have whiteouts
        QCOMPARE(
            inside("again",
                "cat /srv/twin; stat -c '%h %u:%g' /srv/new; ls /etc/passwd /srv/www/cgi-bin 2>/dev/null; echo end"),
            QByteArray("new\n2 7:8\nend\n"));
        const auto second = ctl({ "diff", "again" });
        QVERIFY2(!second.out.contains("/srv"), qPrintable(second.text()));
    }

    void endsWithItsServer()
    {
        QVERIFY(starts({ "run", "--name", "web", "starter" }));
        QCOMPARE(inside("web", "echo kept > /srv/kept; cat /srv/kept"), QByteArray("kept\n"));
        const std::string folder
            = m_world.folders().containers() + "/" + CtlWorld::only()[u"id"].toString().toStdString();
        const pid_t server = serverOf("web");
        QVERIFY(server > 0);
        for (const int number : { SIGHUP, SIGINT, SIGTERM }) // as when systemd ends all of a unit
            QCOMPARE(::kill(server, number), 0);
        QCOMPARE(inside("web", "ls /srv/kept; cat /srv/kept"), QByteArray("/srv/kept\nkept\n"));
        QVERIFY(isServer(server));
        QCOMPARE(::kill(server, SIGKILL), 0);
        QTRY_VERIFY_WITH_TIMEOUT(exists(folder + "/exit.json"), 60'000);
        const auto exit = readFile(folder + "/exit.json", 1U << 20U);
        QVERIFY(exit && exit->find("fuse-overlayfs, which showed it its files, ended") != std::string::npos);
        QVERIFY(!mountTable().contains("fuse-overlayfs"));
        QTRY_VERIFY_WITH_TIMEOUT(CtlWorld::only()[u"state"].toString() != u"running", 60'000);
        QVERIFY(starts({ "start", "web" }));
        QCOMPARE(inside("web", "cat /srv/kept"), QByteArray("kept\n"));
    }

    /// The server ends with status 0 then.
    void endsWhenItsFilesAreCutOff()
    {
        QVERIFY(starts({ "run", "--name", "web", "starter" }));
        const auto words = inside("web", "grep ' / / ' /proc/self/mountinfo").split(' ');
        QVERIFY(words.size() > 2);
        const QByteArray minor = words[2].mid(words[2].indexOf(':') + 1); // of the device, as in /sys/fs/fuse
        const std::string abort = "/sys/fs/fuse/connections/" + minor.toStdString() + "/abort";
        const UniqueFd file(::open(abort.c_str(), O_WRONLY | O_CLOEXEC));
        if (!file)
            QSKIP(qPrintable(QString::fromStdString(abort) + QStringLiteral(" cannot be opened")));
        QVERIFY(serverOf("web") > 0);
        QVERIFY(writeAll(file, "1"));
        QTRY_VERIFY_WITH_TIMEOUT(CtlWorld::only()[u"state"].toString() != u"running", 60'000);
        QCOMPARE(serverOf("web"), -1);
    }

    /// What waits for its answer does not end by SIGKILL.
    void endsThoughItsServerHangs()
    {
        QVERIFY(starts({ "run", "--name", "web", "starter" }));
        const pid_t server = serverOf("web");
        QVERIFY(server > 0);
        QCOMPARE(inside("web", "while :; do i=$((i + 1)); [ -e /srv/none$i ]; done < /dev/null > /dev/null 2>&1 &"),
            QByteArray());
        QCOMPARE(::kill(server, SIGSTOP), 0);
        const auto stopped = ctl({ "stop", "--force", "web" });
        QVERIFY2(stopped.exitCode == 0, qPrintable(stopped.text()));
        QVERIFY(isGone(server));
    }

    /// Nobody starts the container meanwhile, even where the visit is killed.
    void holdsTheLockOfAVisitAsLongAsItWorks()
    {
        QVERIFY(starts({ "create", "--name", "web", "starter" }));
        const std::string lock
            = m_world.folders().containers() + "/" + CtlWorld::only()[u"id"].toString().toStdString() + "/visit.lock";
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        UniqueFd unread(ends[0]);
        UniqueFd written(ends[1]);
        const auto copy
            = spawn({ { TH_BIN_DIR "/twinhullctl", "cp", "web:/bin/busybox", "-" }, {}, {} }, { -1, written.fd(), -1 });
        QVERIFY(copy);
        QTRY_VERIFY_WITH_TIMEOUT(isHeldByServer(lock), 60'000);
        unread.reset();
        written.reset();
        QCOMPARE(::waitpid(copy->pid, nullptr, 0), copy->pid);
        QTRY_VERIFY_WITH_TIMEOUT(!isHeldByServer(lock), 60'000);
    }

    void isCopiedWithoutTheProgram()
    {
        qputenv("TWINHULL_FUSE_OVERLAYFS", "none");
        const bool isMade = starts({ "create", "--name", "web", "starter" });
        qunsetenv("TWINHULL_FUSE_OVERLAYFS");
        QVERIFY(isMade);
        QCOMPARE(inspected("web")[u"root"][u"kind"].toString(), QStringLiteral("copy"));
    }

    void isCopiedWhileTheProgramFailsAndNoLonger()
    {
        qputenv("TWINHULL_FUSE_OVERLAYFS", "/bin/false");
        const bool isMade = starts({ "create", "--name", "web", "starter" });
        const auto kept = knownRootForm(m_world.folders());
        qunsetenv("TWINHULL_FUSE_OVERLAYFS");
        QVERIFY(isMade && !kept);
        const QJsonObject root = inspected("web")[u"root"].toObject();
        QCOMPARE(root[u"kind"].toString(), QStringLiteral("copy"));
        QVERIFY2(root[u"because"].toString().contains(u"fuse-overlayfs: "), qPrintable(root[u"because"].toString()));
        QVERIFY(starts({ "create", "--name", "other", "starter" }));
        QCOMPARE(inspected("other")[u"root"][u"kind"].toString(), QStringLiteral("fuse-overlayfs"));
    }

private:
    static QJsonObject inspected(const std::string& name)
    {
        return ctl({ "inspect", name, "--json" }).json()[0].toObject();
    }

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

    static bool isServer(pid_t pid)
    {
        const auto name = readFile("/proc/" + std::to_string(pid) + "/comm", 64);
        return name && name->starts_with("fuse-overlayfs");
    }

    static bool isHeldByServer(const std::string& path)
    {
        const QDir processes(QStringLiteral("/proc"));
        for (const QString& process : processes.entryList({ QStringLiteral("[1-9]*") }, QDir::Dirs)) {
            if (!isServer(process.toInt()))
                continue;
            const QDir descriptors(processes.filePath(process + QStringLiteral("/fd")));
            for (const QFileInfo& file :
                descriptors.entryInfoList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)) {
                if (file.symLinkTarget().toStdString() == path)
                    return true;
            }
        }
        return false;
    }

    /// Of its helper programs.
    static pid_t serverOf(const std::string& name)
    {
        for (const auto& helper : inspected(name)[u"helper_pids"].toArray()) {
            if (isServer(helper.toInt()))
                return helper.toInt();
        }
        return -1;
    }

    static bool isGone(pid_t pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

    static QByteArray mountTable()
    {
        const auto text = readFile("/proc/self/mountinfo", 4U << 20U);
        return text ? QByteArray::fromStdString(*text) : QByteArray("fuse-overlayfs: the table cannot be read");
    }

    test::TemporaryWorld m_world;
    std::optional<test::StoreOnOverlay> m_store;
};

QTEST_GUILESS_MAIN(CtlRootFuseTest)
#include "ctl_root_fuse_test.moc"
