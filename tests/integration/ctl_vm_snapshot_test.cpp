// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/vms/disks/vm_folder.h"
#include "tests/support/counting_guest.h"
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <sched.h>
#include <sys/mount.h>

using namespace twinhull;
using test::ctl;

namespace {

/// What `events --follow` tells until this ends: another program than the one that does it.
class Follower {
public:
    Follower()
    {
        m_program.start(QStringLiteral(TH_BIN_DIR "/twinhullctl"),
            { QStringLiteral("events"), QStringLiteral("--follow"), QStringLiteral("--json"), QStringLiteral("x") });
    }
    ~Follower()
    {
        m_program.terminate();
        if (!m_program.waitForFinished())
            m_program.kill();
    }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    bool waits()
    {
        QByteArray said;
        return QTest::qWaitFor(
            [&] { return (said += m_program.readAllStandardError()).contains("Waiting for what happens"); }, 60'000);
    }

    /// Of snapshots.
    QList<QJsonObject> marks()
    {
        m_told += m_program.readAllStandardOutput();
        QList<QJsonObject> marks;
        for (const QByteArray& line : m_told.split('\n')) {
            const QJsonObject event = QJsonDocument::fromJson(line).object();
            if (event[u"event"].toString() == u"snapshot" && event[u"name"].toString() == u"x")
                marks << event;
        }
        return marks;
    }

private:
    QProcess m_program;
    QByteArray m_told;
};

} // namespace

/// Snapshots by the command line, of a real guest that counts on its disk: what it goes on with tells where it is.
class CtlVmSnapshotTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(test::writeCountingDisk(m_world.path(QStringLiteral("count.raw")).toStdString())); }

    void init()
    {
        const auto made
            = ctl({ "vm", "import", "--name", "x", "--disk", m_world.path(QStringLiteral("count.raw")).toStdString(),
                "--memory", "64M", "--network", "none", "--json" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        m_folder.emplace(m_world.folders(), made.json()[u"id"].toString());
    }

    void cleanup()
    {
        ctl({ "remove", "x", "--kind", "vm" });
        QVERIFY(!QFile::exists(m_folder->path()));
    }

    void goesBackInsideItsDisk()
    {
        const int first = runs();
        does({ "vm", "snapshot", "create", "x", "one", "--description", "the first" });
        QCOMPARE(snapshot("one")[u"place"].toString(), QStringLiteral("internal"));
        const int second = runs();
        QVERIFY(second > first);
        does({ "vm", "snapshot", "create", "x", "two" });
        QCOMPARE(snapshot("two")[u"parent"].toString(), QStringLiteral("one"));
        QVERIFY(snapshot("two")[u"current"].toBool());
        does({ "vm", "snapshot", "revert", "x", "one" });
        QCOMPARE(onDisk(), first);
        does({ "vm", "snapshot", "describe", "x", "one", "anew" });
        QCOMPARE(snapshot("one")[u"description"].toString(), QStringLiteral("anew"));
        QVERIFY(snapshot("one")[u"current"].toBool());
        does({ "vm", "snapshot", "delete", "x", "one" }); // its child keeps all
        QCOMPARE(onDisk(), first);
        does({ "vm", "snapshot", "revert", "x", "two" });
        QCOMPARE(onDisk(), second);
        const auto other = ctl({ "vm", "snapshot", "create", "x", "outside", "--external" });
        QVERIFY2(other.exitCode != 0 && other.err.contains("are internal"), qPrintable(other.text()));
        QCOMPARE(snapshots().size(), 1);
    }

    void goesOnWithTheMemoryThatWasKept_data()
    {
        QTest::addColumn<QString>("place");
        QTest::newRow("inside") << QStringLiteral("--internal");
        QTest::newRow("outside") << QStringLiteral("--external");
    }

    void goesOnWithTheMemoryThatWasKept()
    {
        QFETCH(QString, place);
        does({ "start", "x", "--kind", "vm" });
        const int before = counted(0);
        Follower follower;
        QVERIFY(follower.waits());
        const qint64 begun = QDateTime::currentMSecsSinceEpoch() / 1000 * 1000; // as libvirt counts
        does({ "vm", "snapshot", "create", "x", "kept", "--memory", place.toStdString() });
        const qint64 done = QDateTime::currentMSecsSinceEpoch();
        QVERIFY(snapshot("kept")[u"memory"].toBool());
        QVERIFY(snapshot("kept")[u"size_bytes"].toDouble() > 100'000);
        QTRY_COMPARE_WITH_TIMEOUT(follower.marks().size(), 1, 60'000);
        const auto marked = static_cast<qint64>(follower.marks().front()[u"time_ms"].toDouble());
        QVERIFY2(marked >= begun && marked <= done, qPrintable(QString::number(marked - begun)));
        const int later = counted(before + 40); // far from what a late look at the machine that came back sees
        does({ "vm", "snapshot", "revert", "x", "kept" });
        const int again = counted(0);
        QVERIFY2(again >= before && again < later, qPrintable(QStringLiteral("%1 after %2").arg(again).arg(later)));
        does({ "vm", "snapshot", "delete", "x", "kept" }); // merged while it writes
        QVERIFY(counted(again + 1) > again);
        does({ "stop", "x", "--kind", "vm", "--force" });
        QVERIFY(onDisk() >= again);
        QCOMPARE(snapshots().size(), 0);
        QCOMPARE(layers(), 1);
    }

    void branchesOutsideItsDisk()
    {
        const int first = writes(11);
        does({ "vm", "snapshot", "create", "x", "one", "--external" });
        const int second = writes(12);
        does({ "vm", "snapshot", "create", "x", "two" }); // as those that are there
        QCOMPARE(snapshot("two")[u"place"].toString(), QStringLiteral("external"));
        writes(13);
        does({ "vm", "snapshot", "revert", "x", "one" });
        QCOMPARE(onDisk(), first);
        QVERIFY(snapshot("one")[u"current"].toBool());
        const auto refused = ctl({ "vm", "snapshot", "delete", "x", "one" });
        QVERIFY2(refused.exitCode != 0 && refused.err.contains("More than one state"), qPrintable(refused.text()));
        const int branch = writes(14);
        does({ "vm", "snapshot", "create", "x", "branch" });
        does({ "vm", "snapshot", "revert", "x", "two" });
        QCOMPARE(onDisk(), second);
        does({ "vm", "snapshot", "revert", "x", "branch" });
        QCOMPARE(onDisk(), branch);
        does({ "vm", "snapshot", "delete", "x", "two" });
        does({ "vm", "snapshot", "delete", "x", "one" });
        does({ "vm", "snapshot", "revert", "x", "branch" });
        QCOMPARE(onDisk(), branch);
        does({ "vm", "snapshot", "delete", "x", "branch" });
        QCOMPARE(onDisk(), branch);
        QCOMPARE(layers(), 1);
        QVERIFY(runs() > branch); // and it boots
    }

    void losesNothingOfABrokenChain()
    {
        const int first = writes(11);
        does({ "vm", "snapshot", "create", "x", "one", "--external" });
        const int second = writes(12);
        QVERIFY(QFile::rename(m_folder->diskPath(), m_folder->path() + QStringLiteral("/away")));
        QVERIFY(snapshot("one")[u"revert_refusal"].toString().contains(QStringLiteral("disk.qcow2 is missing")));
        for (const char* verb : { "revert", "delete", "create" }) {
            const auto refused = ctl({ "vm", "snapshot", verb, "x", QByteArray(verb) == "create" ? "two" : "one" });
            QVERIFY2(refused.exitCode != 0 && refused.err.contains("disk.qcow2") && refused.err.contains("missing"),
                qPrintable(refused.text()));
        }
        QVERIFY(QFile::rename(m_folder->path() + QStringLiteral("/away"), m_folder->diskPath()));
        QCOMPARE(onDisk(), second);
        const auto written = ctl({ "vm", "set", "x", "--device", disk()[u"device"].toString().toStdString(),
            "source=" + m_folder->diskPath().toStdString() });
        QVERIFY2(written.exitCode != 0 && written.err.contains("stands on"), qPrintable(written.text()));
        does({ "vm", "snapshot", "revert", "x", "one" });
        QCOMPARE(onDisk(), first);
    }

    void comesBackFromTheBinWithItsSnapshots()
    {
        const int first = writes(11);
        does({ "vm", "snapshot", "create", "x", "one" });
        const int second = writes(12);
        does({ "vm", "autostart", "x", "on" });
        does({ "remove", "--to-bin", "x", "--kind", "vm" });
        QVERIFY(QFile::exists(m_folder->diskPath()));
        const auto binned = ctl({ "vm", "bin", "list", "--json" }).json();
        QCOMPARE(ctl({ "bin", "list", "--json" }).json(), binned); // there is no container
        QCOMPARE(binned[0][u"name"].toString() + binned[0][u"kind"].toString(), QStringLiteral("xvm"));
        does({ "vm", "import", "--name", "x", "--disk", m_world.path(QStringLiteral("count.raw")).toStdString() });
        QCOMPARE(ctl({ "bin", "restore", "x" }).exitCode, 4); // the name is taken
        does({ "remove", "x", "--kind", "vm" });
        does({ "vm", "bin", "restore", "x" });
        QCOMPARE(ctl({ "vm", "autostart", "x" }).out, QByteArray("on\n"));
        QVERIFY(snapshot("one")[u"current"].toBool());
        QCOMPARE(onDisk(), second);
        does({ "vm", "snapshot", "revert", "x", "one" });
        QCOMPARE(onDisk(), first);
        does({ "start", "x", "--kind", "vm" });
        does({ "remove", "--to-bin", "x", "--kind", "vm" }); // forced off
        QVERIFY(ctl({ "list", "--json" }).json().array().isEmpty());
        QCOMPARE(ctl({ "vm", "bin", "prune", "--json" }).json()[u"removed"].toArray().size(), 0); // within its week
        QVERIFY(QFile::exists(m_folder->diskPath()));
        const auto pruned = ctl({ "vm", "bin", "prune", "--all", "--json" }).json();
        QCOMPARE(pruned[u"removed"][0][u"id"].toString(), binned[0][u"id"].toString());
        QVERIFY(!QFile::exists(m_folder->path()));
        QCOMPARE(ctl({ "bin", "restore", "x" }).exitCode, 3);
    }

    /// libvirt names that file by the VM's name, which another may have while this one is in the bin.
    void comesBackFromTheBinWithWhatItsFirmwareKeeps()
    {
        const QString settings = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
        const std::string byName = (settings + QStringLiteral("/libvirt/qemu/nvram/uefi_VARS.fd")).toStdString();
        const std::string own = m_world.path(QStringLiteral("uefi.xml")).toStdString();
        QVERIFY(makeFolders((settings + QStringLiteral("/qemu/firmware")).toStdString()));
        QVERIFY(makeFolders((settings + QStringLiteral("/libvirt/qemu/nvram")).toStdString()));
        QVERIFY(writeFileAtomically((settings + QStringLiteral("/qemu/firmware/50-test.json")).toStdString(),
            R"({"description":"","interface-types":["uefi"],"mapping":{"device":"flash","mode":"split","executable":)"
            R"({"filename":"/dev/null","format":"raw"},"nvram-template":{"filename":"/dev/null","format":"raw"}},)"
            R"("targets":[{"architecture":"x86_64","machines":["pc-q35-*"]}],"features":[],"tags":[]})"));
        QVERIFY(writeFileAtomically(own,
            "<domain type='qemu'><name>uefi</name><uuid>5f1c0a52-3d6e-4f0b-9b1e-0c1d2e3f4a5b</uuid>"
            "<memory unit='MiB'>64</memory><vcpu>1</vcpu><os firmware='efi'><type arch='x86_64' machine='q35'>hvm"
            "</type></os><features><acpi/></features><devices/></domain>"));
        does({ "vm", "define", own });
        QVERIFY(writeFileAtomically(byName, "variables"));
        does({ "remove", "--to-bin", "uefi", "--kind", "vm" });
        QVERIFY(!exists(byName));
        QVERIFY(writeFileAtomically(byName, "another's that is gone"));
        const auto refused = ctl({ "vm", "bin", "restore", "uefi" });
        QVERIFY2(refused.exitCode == 4 && refused.err.contains("another file is at"), qPrintable(refused.text()));
        QCOMPARE(readFile(byName).value(), std::string("another's that is gone"));
        QVERIFY(QFile::remove(QString::fromStdString(byName)));
        does({ "vm", "bin", "restore", "uefi" });
        const QByteArray xml = ctl({ "vm", "xml", "uefi" }).out; // libvirt from 9.2 on says there where it is
        const VmFolder folder(m_world.folders(), QStringLiteral("5f1c0a52-3d6e-4f0b-9b1e-0c1d2e3f4a5b"));
        const auto kept = readFile(xml.contains("/nvram.fd") ? folder.nvramPath().toStdString() : byName);
        QVERIFY(kept && *kept == "variables");
        does({ "remove", "uefi", "--kind", "vm" });
        QVERIFY(!QFile::exists(folder.path()));
    }

    void isRenamedAndCloned()
    {
        const int first = writes(11);
        does({ "vm", "rename", "x", "a new name" });
        does({ "vm", "rename", "a new name", "x" });
        does({ "vm", "clone", "x", "full" });
        does({ "vm", "clone", "x", "linked", "--linked" });
        QVERIFY(ctl({ "vm", "clone", "x", "full" }).err.contains("a VM of that name exists"));
        const int later = writes(15); // the first goes on, and neither of the others sees it
        QCOMPARE(onDisk("full"), first);
        QCOMPARE(onDisk("linked"), first);
        QCOMPARE(layers("full"), 1);
        QCOMPARE(layers("linked"), 2);
        const auto kept = ctl({ "remove", "x", "--kind", "vm" });
        QVERIFY2(kept.exitCode != 0 && kept.err.contains("linked clones stand on its disks: linked"),
            qPrintable(kept.text()));
        const auto merged = ctl({ "vm", "snapshot", "delete", "x", "base of linked" });
        QVERIFY2(merged.exitCode != 0, "the clone's disk would be lost");
        QCOMPARE(onDisk(), later);
        does({ "start", "linked", "--kind", "vm" });
        const std::string picture = m_world.path(QStringLiteral("screen.png")).toStdString();
        does({ "vm", "screenshot", "linked", picture });
        const auto png = readFile(picture);
        QVERIFY(png && png->substr(1, 3) == "PNG");
        does({ "remove", "linked", "--kind", "vm" });
        does({ "remove", "full", "--kind", "vm" });
        does({ "vm", "snapshot", "delete", "x", "base of linked" });
        QCOMPARE(onDisk(), later);
    }

    /// The lower layer's file system is full: QEMU gives up, and what it writes stays.
    void keepsTheLayerThatCannotBeMerged()
    {
        const QString small = m_world.path(QStringLiteral("small"));
        QVERIFY(makeFolders(small.toStdString()));
        if (!m_isApart || ::mount("tmpfs", qPrintable(small), "tmpfs", 0, "size=20m") != 0)
            QSKIP("needs the right to mount");
        const std::string base = (small + QStringLiteral("/disk.qcow2")).toStdString();
        QVERIFY(QFile::copy(m_folder->diskPath(), QString::fromStdString(base)));
        qemuImg({ "resize", "-q", base, "64M" });
        does({ "vm", "set", "x", "--device", disk()[u"device"].toString().toStdString(), "source=" + base });
        does({ "vm", "snapshot", "create", "x", "one", "--external" });
        inDisk("write -P 7 4M 8M");
        does({ "start", "x", "--kind", "vm" });
        counted(0);
        QFile filler(small + QStringLiteral("/filler"));
        QVERIFY(filler.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
        const QByteArray page(4096, 'x');
        while (filler.write(page) == page.size()) { }
        const QString layer = diskPath();
        QVERIFY2(layer.startsWith(small) && layer != QString::fromStdString(base), qPrintable(layer));
        const auto refused = ctl({ "vm", "snapshot", "delete", "x", "one" });
        QVERIFY2(refused.exitCode != 0 && refused.err.contains("could not merge"), qPrintable(refused.text()));
        QVERIFY(QFile::exists(layer));
        QVERIFY(filler.remove());
        does({ "stop", "x", "--kind", "vm", "--force" });
        QCOMPARE(diskPath(), layer);
        QCOMPARE(layers(), 2);
        inDisk("read -P 7 4M 8M");
        does({ "remove", "x", "--kind", "vm" });
        QCOMPARE(::umount2(qPrintable(small), MNT_DETACH), 0);
    }

    void isWhatItWasWhereTheKeptMemoryDoesNotStart()
    {
        does({ "start", "x", "--kind", "vm" });
        counted(0);
        does({ "vm", "snapshot", "create", "x", "kept", "--memory", "--external" });
        counted(0);
        does({ "stop", "x", "--kind", "vm", "--force" });
        const int was = onDisk();
        const QString layer = diskPath();
        const QDir folder(m_folder->path());
        const QStringList memory = folder.entryList({ QStringLiteral("*.memory") }, QDir::Files);
        QCOMPARE(memory.size(), 1);
        QVERIFY(QFile::resize(folder.filePath(memory.first()), 32 << 10));
        const auto refused = ctl({ "vm", "snapshot", "revert", "x", "kept" });
        QVERIFY2(
            refused.exitCode != 0 && refused.err.contains("with the disks that it had"), qPrintable(refused.text()));
        QCOMPARE(diskPath(), layer);
        QCOMPARE(onDisk(), was);
        QVERIFY(runs() > was);
    }

    void copiesAVolumeOfAPool()
    {
        const std::string pool = m_world.path(QStringLiteral("pool")).toStdString();
        does({ "pool", "create", "volumes", "dir", "target=" + pool });
        does({ "pool", "volume", "upload", "volumes", "carried",
            m_world.path(QStringLiteral("count.raw")).toStdString() });
        QString xml = QString::fromUtf8(ctl({ "vm", "xml", "x" }).out);
        static const QRegularExpression source(QStringLiteral("<source file=['\"][^'\"]+['\"]"));
        static const QRegularExpression type(QStringLiteral("<disk type=['\"]file['\"]"));
        xml.replace(source, QStringLiteral("<source pool='volumes' volume='carried'"));
        xml.replace(type, QStringLiteral("<disk type='volume'"));
        xml.replace(QStringLiteral("qcow2"), QStringLiteral("raw"));
        const std::string file = m_world.path(QStringLiteral("x.xml")).toStdString();
        QVERIFY(writeFileAtomically(file, xml.toStdString()));
        does({ "vm", "define", file });
        QVERIFY(diskPath().isEmpty());
        const auto refused = ctl({ "vm", "snapshot", "create", "x", "part" });
        QVERIFY2(refused.exitCode != 0 && refused.err.contains("leave out"), qPrintable(refused.text()));
        does({ "vm", "clone", "x", "full" });
        QVERIFY2(diskPath("full").endsWith(QStringLiteral(".qcow2")), qPrintable(diskPath("full")));
        QCOMPARE(onDisk("full"), 0);
        does({ "pool", "stop", "volumes" });
        const auto missing = ctl({ "vm", "clone", "x", "other" });
        QVERIFY2(missing.exitCode != 0 && missing.err.contains("cannot be copied"), qPrintable(missing.text()));
        does({ "remove", "full", "--kind", "vm" });
    }

private:
    static void does(const std::vector<std::string>& words)
    {
        const auto done = ctl(words);
        if (done.exitCode != 0)
            QTest::qFail(qPrintable(done.text()), __FILE__, __LINE__);
    }

    static QJsonArray snapshots() { return ctl({ "vm", "snapshot", "list", "x", "--json" }).json().array(); }
    static QJsonObject snapshot(const char* name)
    {
        for (const auto& one : snapshots()) {
            if (one[u"name"].toString() == QLatin1String(name))
                return one.toObject();
        }
        return {};
    }

    static QJsonObject disk(const char* vm = "x")
    {
        const auto devices = ctl({ "vm", "hardware", vm, "--json" }).json()[u"devices"].toArray();
        for (const auto& device : devices) {
            if (device[u"kind"].toString() == u"disk")
                return device.toObject();
        }
        return {};
    }
    /// By libvirt's own file of the definition.
    QString diskPath(const char* vm = "x") const
    {
        const auto xml = readFile(
            m_world.path(QStringLiteral("home/.config/libvirt/qemu/%1.xml").arg(QLatin1String(vm))).toStdString());
        static const QRegularExpression source(QStringLiteral("<source file='([^']+)'"));
        return xml ? source.match(QString::fromStdString(*xml)).captured(1) : QString();
    }

    void inDisk(const std::string& what) const
    {
        const auto done
            = runChecked({ { findExecutable("qemu-io"), "-f", "qcow2", "-c", what, diskPath().toStdString() }, {}, {} },
                std::chrono::seconds(30));
        if (!done || done->find("failed") != std::string::npos)
            QTest::qFail((done ? *done : done.error().message).c_str(), __FILE__, __LINE__);
    }

    /// As a guest would, into the disk of the machine, which is off.
    int writes(int number) const
    {
        inDisk("write -P " + std::to_string(number) + " 512 512");
        return number + 256 * number; // as countOnDisk() reads it
    }

    static QByteArray qemuImg(std::vector<std::string> words)
    {
        words.insert(words.begin(), findExecutable("qemu-img"));
        const auto text = runChecked({ std::move(words), {}, {} }, std::chrono::seconds(30));
        return text ? QByteArray::fromStdString(*text) : QByteArray();
    }

    /// How many files its disk has, one above the other.
    qsizetype layers(const char* vm = "x") const
    {
        return QJsonDocument::fromJson(
            qemuImg({ "info", "--backing-chain", "--output=json", diskPath(vm).toStdString() }))
            .array()
            .size();
    }

    /// What the machine, which is off, has on its disk.
    int onDisk(const char* vm = "x") const
    {
        const std::string raw = m_world.path(QStringLiteral("look.raw")).toStdString();
        qemuImg({ "convert", "-O", "raw", diskPath(vm).toStdString(), raw });
        return test::countOnDisk(raw);
    }

    /// The next count that the running guest tells, from that on.
    int counted(int from) const
    {
        const qint64 told = QFile(m_folder->logPath()).size();
        int count = -1;
        const auto isThere = [&] {
            count = test::lastCount(m_folder->logPath(), told);
            return count >= from && count >= 0;
        };
        const bool isTold = QTest::qWaitFor(isThere, 60'000);
        if (!isTold)
            QTest::qFail("the guest does not count", __FILE__, __LINE__);
        return count;
    }

    /// Lets it count for a while; what is on its disk then.
    int runs() const
    {
        does({ "start", "x", "--kind", "vm" });
        counted(0);
        does({ "stop", "x", "--kind", "vm", "--force" });
        return onDisk();
    }

    const bool m_isApart = ::unshare(CLONE_NEWNS) == 0 // before anything runs: all that the test starts is in it
        && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    std::optional<VmFolder> m_folder;
};

QTEST_GUILESS_MAIN(CtlVmSnapshotTest)
#include "ctl_vm_snapshot_test.moc"
