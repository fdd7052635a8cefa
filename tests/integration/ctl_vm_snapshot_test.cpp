// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/vms/vm_folder.h"
#include "tests/support/counting_guest.h"
#include "tests/support/ctl.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace twinhull;
using test::ctl;

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
        does({ "vm", "snapshot", "create", "x", "kept", "--memory", place.toStdString() });
        QVERIFY(snapshot("kept")[u"memory"].toBool());
        QVERIFY(snapshot("kept")[u"size_bytes"].toDouble() > 100'000);
        const int later = counted(before + 15);
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
        const int first = runs();
        does({ "vm", "snapshot", "create", "x", "one", "--external" });
        const int second = runs();
        does({ "vm", "snapshot", "create", "x", "two" }); // as those that are there
        QCOMPARE(snapshot("two")[u"place"].toString(), QStringLiteral("external"));
        const int third = runs();
        QVERIFY(third > second && second > first);
        does({ "vm", "snapshot", "revert", "x", "one" });
        QCOMPARE(onDisk(), first);
        QVERIFY(snapshot("one")[u"current"].toBool());
        const auto refused = ctl({ "vm", "snapshot", "delete", "x", "one" });
        QVERIFY2(refused.exitCode != 0 && refused.err.contains("More than one state"), qPrintable(refused.text()));
        const int branch = runs();
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
        QVERIFY(runs() > branch);
    }

    void losesNothingOfABrokenChain()
    {
        const int first = runs();
        does({ "vm", "snapshot", "create", "x", "one", "--external" });
        const int second = runs();
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

    static QJsonObject disk()
    {
        const auto devices = ctl({ "vm", "hardware", "x", "--json" }).json()[u"devices"].toArray();
        for (const auto& device : devices) {
            if (device[u"kind"].toString() == u"disk")
                return device.toObject();
        }
        return {};
    }
    static QString diskPath() { return disk()[u"fields"][u"source"].toString(); }

    static QByteArray qemuImg(std::vector<std::string> words)
    {
        words.insert(words.begin(), findExecutable("qemu-img"));
        const auto text = runChecked({ std::move(words), {}, {} }, std::chrono::seconds(30));
        return text ? QByteArray::fromStdString(*text) : QByteArray();
    }

    /// How many files its disk has, one above the other.
    static qsizetype layers()
    {
        return QJsonDocument::fromJson(
            qemuImg({ "info", "--backing-chain", "--output=json", diskPath().toStdString() }))
            .array()
            .size();
    }

    /// What the machine, which is off, has on its disk.
    int onDisk() const
    {
        const std::string raw = m_world.path(QStringLiteral("look.raw")).toStdString();
        qemuImg({ "convert", "-O", "raw", diskPath().toStdString(), raw });
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
        const bool isTold = QTest::qWaitFor(isThere, 30'000);
        if (!isTold)
            QTest::qFail("the guest does not count", __FILE__, __LINE__);
        return count;
    }

    /// Lets it count for a while; what is on its disk then.
    int runs() const
    {
        does({ "start", "x", "--kind", "vm" });
        counted(counted(0) + 2);
        does({ "stop", "x", "--kind", "vm", "--force" });
        return onDisk();
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    std::optional<VmFolder> m_folder;
};

QTEST_GUILESS_MAIN(CtlVmSnapshotTest)
#include "ctl_vm_snapshot_test.moc"
