// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/vms/disks/vm_folder.h"
#include "tests/support/counting_guest.h"
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/other_libvirt.h"
#include "tests/support/temporary_world.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <csignal>

#include <unistd.h>

using namespace twinhull;
using test::ctl;
using Words = std::vector<std::string>;

namespace {

constexpr std::size_t kDiskBytes = 40U << 20U; // at 1 MiB a second long enough to be stopped in the middle

} // namespace

/// A real guest that counts in its memory, taken from one libvirt to another and back while it counts: one that had
/// been started anew would begin with 1.
class CtlVmMigrateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root");
        QCOMPARE(m_other.start(), QString());
        const auto disk = m_world.path(QStringLiteral("count.raw")).toStdString();
        QVERIFY(test::writeCountingDisk(disk, test::Counting::InMemory, kDiskBytes));
        does({ "connect", m_other.uri().toStdString(), "--name", "lab" });
        const auto made
            = ctl({ "vm", "import", "--name", "x", "--disk", disk, "--memory", "64M", "--network", "none", "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        m_folder.emplace(m_world.folders(), made.json()[u"id"].toString());
        QVERIFY(QDir().mkpath(m_world.path(QStringLiteral("p"))));
        const std::string target = "target=" + m_world.path(QStringLiteral("p")).toStdString();
        does({ "--connect", "lab", "pool", "create", "there", "dir", target });
        does({ "pool", "create", "here", "dir", target });
        does({ "start", "x", "--kind", "vm" });
        QVERIFY(counted(5) >= 5);
    }

    void tellsWhatStandsInTheWay_data()
    {
        QTest::addColumn<Words>("words");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, Words words, const char* why) {
            QTest::newRow(name) << std::move(words) << QString::fromLatin1(why);
        };
        row("it runs", { "lab", "--offline" }, "It runs. Shut it down first");
        row("two with the same disks", { "lab", "--keep" }, "Two machines would have the same disks.");
        row("no such pool", { "lab", "--copy-storage", "--pool", "none" }, "has no storage pool none");
        row("it is there", { "home" }, "it is there already");
        row("no such connection", { "nowhere" }, "there is no connection nowhere");
        row("another hypervisor", { "test" }, "has another hypervisor (TEST)");
        row("no destination", {}, "no destination is named");
        row("a host that is not kept", { "--to", "test:///default" }, "twinhullctl connect test:///default");
        row("live and offline", { "lab", "--live", "--offline" }, "excludes");
    }

    void tellsWhatStandsInTheWay()
    {
        QFETCH(Words, words);
        QFETCH(QString, why);
        const bool isConnected = !words.empty() && words.front() == "test";
        if (isConnected)
            does({ "connect", "test:///default" });
        Words all{ "vm", "migrate", "x" };
        all.insert(all.end(), words.begin(), words.end());
        const auto refused = ctl(all);
        QVERIFY2(refused.exitCode != 0 && QString::fromUtf8(refused.err).contains(why), qPrintable(refused.text()));
        if (isConnected)
            does({ "disconnect", "test" });
    }

    void asksBeforeAndNothingIsInTheWay()
    {
        const auto looked = ctl({ "vm", "migrate", "x", "lab", "--check", "--json" });
        QVERIFY2(looked.exitCode == 0 && looked.json().isArray() && looked.json().array().isEmpty(),
            qPrintable(looked.text()));
        does({ "vm", "snapshot", "create", "x", "s" });
        const auto inTheWay = ctl({ "vm", "migrate", "x", "lab", "--check", "--json" }).json().array();
        QVERIFY(!inTheWay.isEmpty() && inTheWay[0][u"sentence"].toString().contains(u"snapshots"));
        QVERIFY(!inTheWay[0][u"next_step"].toString().isEmpty());
        does({ "vm", "snapshot", "delete", "x", "s" });
    }

    /// Of machines that are defined only, by the address of the host; a name may be taken, memory may be short.
    void tellsOfAHostBeforeAnythingGoesThere()
    {
        const std::string uri = m_other.uri().toStdString();
        define("home", "small", "64");
        const auto clear = ctl({ "vm", "migrate", "small", "--to", uri, "--check" });
        QVERIFY2(clear.exitCode == 0 && clear.out.contains("Nothing stands in the way."), qPrintable(clear.text()));
        define("lab", "small", "64");
        const auto named = ctl({ "vm", "migrate", "small", "--to", uri, "--check", "--json" });
        QCOMPARE(named.exitCode, 1);
        const auto obstacle = named.json().array()[0];
        QVERIFY2(obstacle[u"sentence"].toString().contains(u"is named small"), qPrintable(named.text()));
        QVERIFY(obstacle[u"certain"].toBool() && !obstacle[u"next_step"].toString().isEmpty());
        does({ "--connect", "lab", "remove", "small", "--kind", "vm" });
        define("home", "big", "67108864"); // 64 TiB
        const auto big = ctl({ "vm", "migrate", "big", "--to", "lab", "--check", "--json" });
        const auto memory = big.json().array()[0];
        QVERIFY2(memory[u"sentence"].toString().contains(u"64 TiB"), qPrintable(big.text()));
        QVERIFY(big.exitCode == 1 && memory[u"certain"].isBool() && !memory[u"certain"].toBool());
        const auto elsewhere = ctl({ "vm", "migrate", "small", "--to", "test:///default", "--check" });
        QVERIFY2(elsewhere.exitCode == 1 && elsewhere.out.contains("another hypervisor"), qPrintable(elsewhere.text()));
        does({ "remove", "small", "big", "--kind", "vm" });
    }

    void oneThatIsStoppedInTheMiddleRunsOnWhereItWas_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("cancelled") << SIGINT;
        QTest::newRow("killed") << SIGKILL;
    }

    void oneThatIsStoppedInTheMiddleRunsOnWhereItWas()
    {
        QFETCH(int, signal);
        const int before = counted(0);
        QProcess migrating;
        migrating.start(QStringLiteral(TH_BIN_DIR "/twinhullctl"),
            { QStringLiteral("vm"), QStringLiteral("migrate"), QStringLiteral("x"), QStringLiteral("lab"),
                QStringLiteral("--copy-storage"), QStringLiteral("--bandwidth"), QStringLiteral("1") });
        QTRY_COMPARE_WITH_TIMEOUT(stateOn("lab"), QStringLiteral("paused"), 30'000);
        const auto goesOver = [this] {
            const auto bytes = allocatedBytes(m_world.path(QStringLiteral("p")).toStdString());
            return bytes && *bytes > 1U << 20U;
        };
        QTRY_VERIFY(goesOver());
        QCOMPARE(::kill(static_cast<pid_t>(migrating.processId()), signal), 0);
        QVERIFY(migrating.waitForFinished(60'000));
        if (signal == SIGINT)
            QCOMPARE(migrating.exitCode(), 6);
        QTRY_COMPARE_WITH_TIMEOUT(stateOn("lab"), QString(), 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(stateOn("home"), QStringLiteral("running"), 20'000);
        QVERIFY(counted(before + 1) > before);
        if (signal == SIGINT) {
            QCOMPARE(copies(), QStringList());
            return;
        }
        QCOMPARE(copies().size(), 1);
        // The next program ends what libvirt would go on with: else nothing more could be done with it.
        does({ "vm", "save", "x" });
        does({ "start", "x", "--kind", "vm" });
        const auto again = ctl({ "vm", "migrate", "x", "lab", "--copy-storage" });
        QVERIFY2(again.err.contains("a migration that was cut short"), qPrintable(again.text()));
        does({ "--connect", "lab", "pool", "volume", "delete", "there", copies().front().toStdString() });
    }

    void goesOnWithItsMemoryThereAndBack()
    {
        const int before = counted(0);
        QVERIFY(before > 5);
        const auto moved = ctl({ "vm", "migrate", "x", "lab", "--live", "--json" });
        QVERIFY2(moved.exitCode == 0, qPrintable(moved.text()));
        QVERIFY(moved.json()[u"id"].toString().endsWith(u"@lab"));
        QVERIFY(moved.json()[u"live"].toBool() && moved.json()[u"standstill_ms"].toDouble() > 0);
        QCOMPARE(stateOn("home"), QString()); // and what it swept was not its disk
        QCOMPARE(stateOn("lab"), QStringLiteral("running"));
        QVERIFY(QFile::exists(m_folder->diskPath()));
        const int later = counted(before);
        QVERIFY(later > before);

        does({ "--connect", "lab", "vm", "migrate", "x", "home", "--copy-storage" });
        QCOMPARE(stateOn("lab"), QString());
        QCOMPARE(stateOn("home"), QStringLiteral("running"));
        QVERIFY(counted(later) > later);
        QCOMPARE(copies().size(), 1);
    }

    void oneThatIsOffMovesWithItsDisk()
    {
        does({ "stop", "x", "--kind", "vm", "--force" });
        does({ "vm", "migrate", "x", "lab" });
        QCOMPARE(stateOn("home"), QString());
        QCOMPARE(stateOn("lab"), QStringLiteral("stopped"));
        does({ "--connect", "lab", "start", "x" });
        QVERIFY(counted(2) >= 2); // it boots
        does({ "--connect", "lab", "remove", "x" });
        QVERIFY(!QFile::exists(m_folder->path())); // what was handed over goes with it
    }

private:
    static void does(const Words& words)
    {
        const auto done = ctl(words);
        if (done.exitCode != 0)
            QTest::qFail(qPrintable(done.text()), __FILE__, __LINE__);
    }

    void define(const std::string& connection, const QByteArray& name, const QByteArray& mebibytes)
    {
        const QString path = m_world.path(QString::fromLatin1(name + ".xml"));
        QFile file(path);
        const QByteArray xml = "<domain type='qemu'><name>" + name + "</name><memory unit='MiB'>" + mebibytes
            + "</memory><os><type arch='x86_64' machine='q35'>hvm</type></os></domain>";
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(xml) != xml.size())
            QTest::qFail("the definition could not be written", __FILE__, __LINE__);
        file.close();
        does({ "--connect", connection, "vm", "define", path.toStdString() });
    }

    /// Empty where it is not there.
    static QString stateOn(const std::string& connection)
    {
        const auto listed = ctl({ "--connect", connection, "list", "--kind", "vm", "--json" }).json().array();
        return listed.isEmpty() ? QString() : listed[0][u"state"].toString();
    }

    QStringList copies() const { return QDir(m_world.path(QStringLiteral("p"))).entryList(QDir::Files); }

    /// The next count that the running guest tells, from that on.
    int counted(int from) const
    {
        const qint64 told = QFile(m_folder->logPath()).size();
        int count = -1;
        const auto isThere = [&] {
            count = test::lastCount(m_folder->logPath(), told);
            return count >= from && count >= 0;
        };
        return QTest::qWaitFor(isThere, 60'000) ? count : -1;
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    test::OtherLibvirt m_other{ m_world.path(QStringLiteral("b")) };
    std::optional<VmFolder> m_folder;
};

QTEST_GUILESS_MAIN(CtlVmMigrateTest)

#include "ctl_vm_migrate_test.moc"
