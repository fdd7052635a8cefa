// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/snapshots/snapshot_plan.h"

#include <QTest>

using namespace twinhull;

namespace {

QByteArray machineOf(const QByteArray& format)
{
    return "<domain><devices><disk type='file' device='disk'><driver name='qemu' type='" + format
        + "'/><source file='/d/disk.img'/><target dev='vda'/></disk><disk type='file' device='cdrom'>"
          "<driver type='raw'/><source file='/d/m.iso'/><target dev='sda'/><readonly/></disk></devices></domain>";
}

QByteArray recordOf(const QByteArray& name, const QByteArray& place)
{
    return "<domainsnapshot><name>" + name + "</name><parent><name>base</name></parent><state>running</state>"
        + "<creationTime>1764000000</creationTime><memory snapshot='" + place
        + "' file='/d/m'/><disks><disk name='vda' " + "snapshot='" + place
        + "'><source file='/d/above'/></disk><disk name='sda' snapshot='no'/></disks>"
        + "<domain><name>now</name></domain><inactiveDomain type='kvm'>"
        + machineOf("qcow2").mid(8).replace("</domain>", "") + "</inactiveDomain></domainsnapshot>";
}

SnapshotRecord record(const char* name, const char* place)
{
    return *parseSnapshotRecord(recordOf(name, place));
}

} // namespace

class SnapshotPlanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatASnapshotStandsOn()
    {
        const auto one = record("a", "external");
        QCOMPARE(one.parent, QStringLiteral("base"));
        QCOMPARE(one.disks.size(), std::size_t(1));
        QCOMPARE(one.disks[0].file.path, QStringLiteral("/d/disk.img")); // of the definition, not of the layer above
        QVERIFY(one.isExternal() && !one.isInternal());
        QVERIFY(one.definition.startsWith("<domain type=\"kvm\"") && one.definition.endsWith("</domain>"));
        const auto files = snapshotWithFiles(
            one.xml, { { QStringLiteral("vda"), { QStringLiteral("/d/x"), QStringLiteral("raw") } } }, {});
        QVERIFY(files);
        const auto other = parseSnapshotRecord(*files);
        QCOMPARE(other->disks[0].file.path, QStringLiteral("/d/x"));
        QCOMPARE(other->disks[0].file.format, QStringLiteral("raw"));
        QVERIFY(!parseSnapshotRecord("<domain/>") && !parseSnapshotRecord("no"));
    }

    void choosesThePlaceByTheDisksAndWhatIsThere()
    {
        const std::vector<SnapshotRecord> none;
        const std::vector<SnapshotRecord> outside{ record("a", "external") };
        QVERIFY(planSnapshot({}, { machineOf("qcow2"), false, false, none })->place == SnapshotPlace::Internal);
        QVERIFY(planSnapshot({}, { machineOf("raw"), false, false, none })->place == SnapshotPlace::External);
        QVERIFY(planSnapshot({}, { machineOf("qcow2"), false, false, outside })->place == SnapshotPlace::External);
        const auto running = planSnapshot({}, { machineOf("qcow2"), true, false, none });
        QVERIFY(running->hasMemory && running->place == SnapshotPlace::Internal);
        const auto ofImage = planSnapshot({}, { machineOf("raw"), true, true, none });
        QVERIFY(!ofImage->hasMemory && ofImage->place == SnapshotPlace::External);
        const QByteArray xml = snapshotXml(*ofImage);
        QVERIFY2(xml.contains("name=\"vda\" snapshot=\"external\"") && xml.contains("name=\"sda\" snapshot=\"no\""),
            xml.constData());
    }

    void leavesNoDiskOut_data()
    {
        QTest::addColumn<QByteArray>("disk");
        QTest::addColumn<bool>("isRefused");
        QTest::newRow("volume") << QByteArray("<disk type='volume'><source pool='p' volume='v'/>") << true;
        QTest::newRow("network") << QByteArray("<disk type='network'><source protocol='rbd' name='a/b'/>") << true;
        QTest::newRow("read-only") << QByteArray("<disk type='volume'><source pool='p' volume='v'/><readonly/>")
                                   << false;
        QTest::newRow("shared") << QByteArray("<disk type='network'><source name='b'/><shareable/>") << false;
        QTest::newRow("no medium") << QByteArray("<disk type='file' device='cdrom'>") << false;
    }

    void leavesNoDiskOut()
    {
        QFETCH(QByteArray, disk);
        QFETCH(bool, isRefused);
        const QByteArray xml
            = machineOf("qcow2").replace("<devices>", "<devices>" + disk + "<target dev='vdb'/></disk>");
        const std::vector<SnapshotRecord> none;
        const auto plan = planSnapshot({}, { xml, false, false, none });
        QCOMPARE(!plan, isRefused);
        if (isRefused)
            QVERIFY2(plan.error().message.find("vdb") != std::string::npos && !plan.error().hint.empty(),
                plan.error().message.c_str());
    }

    void refusesWhatWouldBreakTheOthers_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("place"); // -1: not said
        QTest::addColumn<QByteArray>("format");
        QTest::addColumn<QString>("present");
        QTest::addColumn<QString>("word");
        const int inside = static_cast<int>(SnapshotPlace::Internal);
        const int outside = static_cast<int>(SnapshotPlace::External);
        QTest::newRow("outside beside inside") << "b" << outside << QByteArray("qcow2") << "internal"
                                               << "are internal";
        QTest::newRow("inside beside outside") << "b" << inside << QByteArray("qcow2") << "external"
                                               << "are external";
        QTest::newRow("both are there") << "b" << -1 << QByteArray("qcow2") << "external internal"
                                        << "break one another";
        QTest::newRow("raw inside") << "b" << inside << QByteArray("raw") << ""
                                    << "only qcow2";
        QTest::newRow("taken name") << "s0" << -1 << QByteArray("qcow2") << "internal"
                                    << "there is a";
        QTest::newRow("path as name") << "../x" << -1 << QByteArray("qcow2") << ""
                                      << "cannot have";
    }

    void refusesWhatWouldBreakTheOthers()
    {
        QFETCH(QString, name);
        QFETCH(int, place);
        QFETCH(QByteArray, format);
        QFETCH(QString, present);
        QFETCH(QString, word);
        std::vector<SnapshotRecord> records;
        for (const QString& each : present.split(u' ', Qt::SkipEmptyParts))
            records.push_back(record(
                ("s" + QByteArray::number(static_cast<int>(records.size()))).constData(), each.toLatin1().constData()));
        SnapshotRequest request;
        request.name = name;
        if (place >= 0)
            request.place = static_cast<SnapshotPlace>(place);
        const auto plan = planSnapshot(request, { machineOf(format), false, false, records });
        QVERIFY(!plan);
        QVERIFY2(plan.error().message.find(word.toStdString()) != std::string::npos, plan.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(SnapshotPlanTest)
#include "snapshot_plan_test.moc"
