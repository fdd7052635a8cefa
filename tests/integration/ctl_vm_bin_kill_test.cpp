// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/subprocess.h"
#include "core/vms/disks/vm_folder.h"
#include "tests/support/counting_guest.h"
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QCryptographicHash>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QMap>
#include <QTest>

#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

using namespace twinhull;
using test::ctl;

namespace {

constexpr int kMostSteps = 12; ///< that are seen of one removal or return
constexpr std::chrono::seconds kLongestRun{ 60 }; ///< of one that hangs
constexpr int kTriesOfEach = 3; ///< where it was faster than the signal

enum class BinKill {
    Met, ///< in the middle
    Missed, ///< it had ended by then
    TooFew, ///< it has no such step, and ended
};

}

/// kill -9 in the middle of a machine's removal into the bin, and of its return: it is there with its disks and its
/// snapshot, or it is in the bin and comes back with them. What was told to be done is done. Nothing boots.
class CtlVmBinKillTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const std::string disk = m_world.path(QStringLiteral("count.raw")).toStdString();
        QVERIFY(test::writeCountingDisk(disk));
        const auto made
            = ctl({ "vm", "import", "--name", "x", "--disk", disk, "--memory", "64M", "--network", "none", "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        m_folder.emplace(m_world.folders(), made.json()[u"id"].toString());
        does({ "vm", "snapshot", "create", "x", "one", "--external" });
        m_disks = disksNow();
        QCOMPARE(m_disks.size(), 2); // the one below is the snapshot's
        QVERIFY2(isThereAsBefore(), qPrintable(m_said));
    }

    void isWholeAfterEachKill_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<bool>("isReturn");
        QTest::newRow("on its way out") << QStringLiteral("remove x --kind vm --to-bin").split(u' ') << false;
        QTest::newRow("on its way back") << QStringLiteral("vm bin restore x").split(u' ') << true;
    }
    void isWholeAfterEachKill()
    {
        QFETCH(QStringList, words);
        QFETCH(bool, isReturn);
        int met = 0;
        int tries = 0;
        auto kill = BinKill::Missed;
        for (int step = 1; step <= kMostSteps && kill != BinKill::TooFew;) {
            if (isReturn)
                does({ "remove", "x", "--kind", "vm", "--to-bin" });
            kill = killAfter(words, step);
            if (kill != BinKill::Met) // it ended well
                QCOMPARE(isKnown(), isReturn);
            QTRY_VERIFY2_WITH_TIMEOUT(
                isThereAsBefore(), qPrintable(QStringLiteral("%1: %2").arg(step).arg(m_said)), 60'000);
            if (QTest::currentTestFailed())
                return;
            met += kill == BinKill::Met ? 1 : 0;
            const bool isTriedAgain = kill == BinKill::Missed && ++tries < kTriesOfEach;
            step += isTriedAgain ? 0 : 1;
            tries = isTriedAgain ? tries : 0;
        }
        QCOMPARE(kill, BinKill::TooFew); // else there are steps at which it was not killed
        QVERIFY2(met > 0, "it was never killed while it was at work");
    }

    void cleanupTestCase()
    {
        does({ "remove", "x", "--kind", "vm" });
        QVERIFY(!QFile::exists(m_folder->path()));
    }

private:
    static void does(const std::vector<std::string>& words)
    {
        const auto done = ctl(words);
        if (done.exitCode != 0)
            QTest::qFail(qPrintable(done.text()), __FILE__, __LINE__);
    }

    static bool isKnown()
    {
        const auto all = ctl({ "list", "--kind", "vm", "--json" }).json().array();
        return all.size() == 1 && all[0][u"name"].toString() == u"x";
    }

    /// Brings it back first where it is in the bin. False while something of what the killed program began is left, or
    /// what it had told libvirt is yet to come.
    bool isThereAsBefore()
    {
        if (!isKnown()) {
            m_said = ctl({ "vm", "bin", "restore", "x" }).text();
            if (!isKnown())
                return false;
        }
        const QDir folder(m_folder->path());
        const auto records = folder.entryList({ QStringLiteral("removed.json*") }, QDir::Files | QDir::Hidden);
        const auto snapshots = ctl({ "vm", "snapshot", "list", "x", "--json" });
        const auto all = snapshots.json().array();
        const bool hasSnapshot = all.size() == 1 && all[0][u"name"].toString() == u"one" && all[0][u"current"].toBool();
        const bool hasDisks = disksNow() == m_disks;
        m_said = QStringLiteral("left are \"%1\", %2; of the snapshots: %3")
                     .arg(records.join(u' '),
                         hasDisks ? QStringLiteral("and its disks") : QStringLiteral("other disks"), snapshots.text());
        return records.isEmpty() && hasSnapshot && hasDisks;
    }

    /// What they hold, by their names.
    QMap<QString, QByteArray> disksNow() const
    {
        QMap<QString, QByteArray> disks;
        const QDir folder(m_folder->path());
        for (const QString& name : folder.entryList({ QStringLiteral("*.qcow2") }, QDir::Files)) {
            QFile file(folder.filePath(name));
            QCryptographicHash hash(QCryptographicHash::Sha256);
            if (file.open(QIODevice::ReadOnly) && hash.addData(&file))
                disks.insert(name, hash.result());
        }
        return disks;
    }

    /// As soon as that many steps of it are seen: a record that stands in the folder or is gone, libvirt's definition,
    /// the folder of its snapshots.
    BinKill killAfter(const QStringList& words, int steps) const
    {
        const UniqueFd seen(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
        const QString libvirts = m_world.path(QStringLiteral("home/.config/libvirt/qemu"));
        for (const QString& folder : { m_folder->path(), libvirts, libvirts + QStringLiteral("/snapshot") }) {
            if (::inotify_add_watch(seen.fd(), folder.toUtf8().constData(), IN_MOVED_TO | IN_CREATE | IN_DELETE) < 0)
                return QTest::qFail(qPrintable(folder), __FILE__, __LINE__), BinKill::TooFew;
        }
        std::vector<std::string> all{ "nice", "-n", "19", TH_BIN_DIR "/twinhullctl" }; // we see what it does at once
        for (const QString& word : words)
            all.push_back(word.toStdString());
        const auto child = spawn({ std::move(all), {}, {} }, {});
        if (!child)
            return QTest::qFail(child.error().message.c_str(), __FILE__, __LINE__), BinKill::TooFew;
        std::array<pollfd, 2> either{ { { child->pidfd.fd(), POLLIN, 0 }, { seen.fd(), POLLIN, 0 } } };
        const QDeadlineTimer deadline(kLongestRun);
        int ready = 1;
        const auto waits
            = [&] { return ::poll(either.data(), either.size(), static_cast<int>(deadline.remainingTime())); };
        while (steps > 0 && (ready = waits()) > 0 && either[0].revents == 0)
            steps -= stepsSeen(seen);
        (void)::kill(child->pid, SIGKILL); // it is waited for below, so that the number is its own
        int status = 0;
        if (::waitpid(child->pid, &status, 0) != child->pid)
            return QTest::qFail("it cannot be waited for", __FILE__, __LINE__), BinKill::TooFew;
        if (ready == 0)
            return QTest::qFail("it did not end", __FILE__, __LINE__), BinKill::TooFew;
        if (WIFSIGNALED(status))
            return BinKill::Met;
        if (WEXITSTATUS(status) != 0)
            QTest::qFail(qPrintable(words.join(u' ')), __FILE__, __LINE__);
        steps -= stepsSeen(seen); // it may have ended before we were at it
        return steps > 0 ? BinKill::TooFew : BinKill::Missed;
    }

    static int stepsSeen(const UniqueFd& seen)
    {
        alignas(inotify_event) std::array<char, 16384> events{};
        const ssize_t bytes = ::read(seen.fd(), events.data(), events.size());
        int count = 0;
        for (ssize_t at = 0; at < bytes;) {
            const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
            const std::string_view name(event->len > 0 ? event->name : "");
            const bool isFolder = (event->mask & IN_ISDIR) != 0 && name == "x"; // of its snapshots
            const bool isFile = (event->mask & IN_CREATE) == 0 && (name == "removed.json" || name == "x.xml");
            count += isFolder || isFile ? 1 : 0;
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        }
        return count;
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    std::optional<VmFolder> m_folder;
    QMap<QString, QByteArray> m_disks;
    QString m_said; ///< why it is not as before
};

QTEST_GUILESS_MAIN(CtlVmBinKillTest)
#include "ctl_vm_bin_kill_test.moc"
