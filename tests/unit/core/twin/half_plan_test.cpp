// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/half_plan.h"

#include <QTest>

using namespace twinhull;

namespace {

ImageInfo imageWith(const QString& workLabel, const QStringList& exposed = {})
{
    ImageInfo image;
    image.digest = QStringLiteral("sha256:00");
    if (!workLabel.isEmpty())
        image.labels[QStringLiteral("org.twinhull.work.http")] = workLabel;
    image.exposedPorts = exposed;
    return image;
}

} // namespace

class HalfPlanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheWorkOfAnImage()
    {
        const auto work = httpWorkOf(imageWith(QStringLiteral("8080/cgi-bin/work")));
        QVERIFY(work);
        QCOMPARE(int(work->port), 8080);
        QCOMPARE(work->path, QStringLiteral("/cgi-bin/work"));
    }

    void takesNoWorkFromALabelThatMakesNoSense_data()
    {
        QTest::addColumn<QString>("label");
        QTest::newRow("none") << QString();
        QTest::newRow("no path") << QStringLiteral("8080");
        QTest::newRow("no port") << QStringLiteral("/work");
        QTest::newRow("port too large") << QStringLiteral("65536/work");
        QTest::newRow("a host") << QStringLiteral("example.org:80/work");
    }

    void takesNoWorkFromALabelThatMakesNoSense()
    {
        QFETCH(QString, label);
        QVERIFY(!httpWorkOf(imageWith(label)));
    }

    void choosesThePort_data()
    {
        QTest::addColumn<int>("asked");
        QTest::addColumn<QString>("label");
        QTest::addColumn<QStringList>("exposed");
        QTest::addColumn<int>("expected");
        const QStringList exposed{ QStringLiteral("53/udp"), QStringLiteral("81/tcp"), QStringLiteral("82") };
        QTest::newRow("of the plan") << 7 << QStringLiteral("8080/w") << exposed << 7;
        QTest::newRow("of the work") << 0 << QStringLiteral("8080/w") << exposed << 8080;
        QTest::newRow("first exposed TCP") << 0 << QString() << exposed << 81;
        QTest::newRow("without a protocol") << 0 << QString() << QStringList(QStringLiteral("82")) << 82;
        QTest::newRow("only UDP") << 0 << QString() << QStringList(QStringLiteral("53/udp")) << 0;
    }

    void choosesThePort()
    {
        QFETCH(int, asked);
        QFETCH(QString, label);
        QFETCH(QStringList, exposed);
        QFETCH(int, expected);
        TwinPlan plan;
        plan.workloadPort = static_cast<std::uint16_t>(asked);
        QCOMPARE(int(workloadPortOf(plan, imageWith(label, exposed))), expected);
    }

    void publishesOnLoopbackOnly()
    {
        TwinPlan plan;
        plan.name = QStringLiteral("web");
        const auto half = halfPlan(plan, imageWith(QStringLiteral("8080/w")), WorkloadKind::Container);
        QVERIFY(half);
        QCOMPARE(half->ports.size(), std::size_t(1));
        QCOMPARE(half->ports[0].hostAddress, QStringLiteral("127.0.0.1"));
        QVERIFY(half->ports[0].hostPort != 0);
        QCOMPARE(half->twinGroup, QStringLiteral("web"));
    }

    void publishesNothingForAnImageWithoutPorts()
    {
        const auto half = halfPlan(TwinPlan(), imageWith({}), WorkloadKind::Vm);
        QVERIFY(half);
        QVERIFY(half->ports.empty());
    }

    void tellsTheVmItsMachine()
    {
        TwinPlan plan;
        plan.machine = MachineChoice::Microvm;
        const Labels asked{ { QLatin1String(kMachineLabel), QStringLiteral("microvm") } };
        QCOMPARE(halfPlan(plan, imageWith({}), WorkloadKind::Vm)->labels, asked);
        QVERIFY(halfPlan(plan, imageWith({}), WorkloadKind::Container)->labels.isEmpty());
        plan.machine = MachineChoice::Automatic;
        QVERIFY(halfPlan(plan, imageWith({}), WorkloadKind::Vm)->labels.isEmpty());
    }
};

QTEST_GUILESS_MAIN(HalfPlanTest)
#include "half_plan_test.moc"
