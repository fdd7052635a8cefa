// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/change_text.h"

#include <QTest>

using namespace twinhull;

class ChangeTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEachLimit()
    {
        FineLimitTexts texts{ QStringLiteral("512M"), QStringLiteral("0-3,7"), QStringLiteral("2048"), {} };
        texts.deviceRates[0] = { QStringLiteral("/dev/sda:10M"), QStringLiteral("/dev/sdb:1K") };
        texts.deviceRates[3] = { QStringLiteral("/dev/sda:250") };
        WorkloadChange change;
        QVERIFY(isNothing(change));
        QVERIFY(addFineLimits(texts, change));
        QVERIFY(!isNothing(change));
        QCOMPARE(change.memoryAndSwapBytes, std::optional<std::int64_t>(512 << 20));
        QCOMPARE(change.cpuSet, std::optional(QStringLiteral("0-3,7")));
        QCOMPARE(change.cpuShares, std::optional(2048U));
        const std::vector<DeviceRateOption> rates{ { DeviceRateKind::ReadBytes, QStringLiteral("/dev/sda"), 10 << 20 },
            { DeviceRateKind::ReadBytes, QStringLiteral("/dev/sdb"), 1 << 10 },
            { DeviceRateKind::WriteOperations, QStringLiteral("/dev/sda"), 250 } };
        QVERIFY(change.deviceRates == rates);
    }

    void readsThatOneIsTakenAway()
    {
        FineLimitTexts texts{ QStringLiteral("none"), QStringLiteral("none"), QStringLiteral("none"), {} };
        texts.deviceRates[1] = { QStringLiteral("/dev/sda:none"), QStringLiteral("/dev/sdb:0") };
        WorkloadChange change;
        QVERIFY(addFineLimits(texts, change));
        QCOMPARE(change.memoryAndSwapBytes, std::optional<std::int64_t>(0));
        QCOMPARE(change.cpuSet, std::optional(QString()));
        QCOMPARE(change.cpuShares, std::optional(0U));
        QCOMPARE(change.deviceRates.size(), std::size_t{ 2 });
        for (const auto& rate : change.deviceRates)
            QCOMPARE(rate.perSecond, std::uint64_t{ 0 });
    }

    void takesMinusOneForAllSwap()
    {
        WorkloadChange change;
        QVERIFY(addFineLimits({ QStringLiteral("-1"), {}, {}, {} }, change));
        QCOMPARE(change.memoryAndSwapBytes, std::optional<std::int64_t>(-1));
        QVERIFY(!change.cpuSet && !change.cpuShares && change.deviceRates.empty());
    }

    void letsTheLastWordOnADiskCount()
    {
        FineLimitTexts texts;
        texts.deviceRates[0] = { QStringLiteral("/dev/sda:1M"), QStringLiteral("/dev/sda:none") };
        texts.deviceRates[1] = { QStringLiteral("/dev/sda:1M") };
        WorkloadChange change;
        QVERIFY(addFineLimits(texts, change));
        QCOMPARE(change.deviceRates.size(), std::size_t{ 2 });
        QCOMPARE(change.deviceRates[0].perSecond, std::uint64_t{ 0 });
        QCOMPARE(change.deviceRates[1].perSecond, std::uint64_t{ 1 } << 20);
    }

    void refusesNonsenseByName_data()
    {
        QTest::addColumn<int>("field");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("said");
        QTest::newRow("swap") << 0 << QStringLiteral("much") << QStringLiteral("memory-swap much");
        QTest::newRow("cpuset") << 1 << QStringLiteral("3-1") << QStringLiteral("cpuset-cpus 3-1");
        QTest::newRow("no cpuset") << 1 << QStringLiteral("a") << QStringLiteral("cpuset-cpus a");
        QTest::newRow("shares") << 2 << QStringLiteral("1") << QStringLiteral("cpu-shares 1");
        QTest::newRow("negative shares") << 2 << QStringLiteral("-4") << QStringLiteral("cpu-shares -4");
        QTest::newRow("rate") << 3 << QStringLiteral("/dev/sda") << QStringLiteral("device rate /dev/sda");
        QTest::newRow("relative disk") << 3 << QStringLiteral("sda:none") << QStringLiteral("device rate sda");
        QTest::newRow("no disk") << 3 << QStringLiteral(":none") << QStringLiteral("device rate :none");
    }
    void refusesNonsenseByName()
    {
        QFETCH(int, field);
        QFETCH(QString, text);
        QFETCH(QString, said);
        FineLimitTexts texts;
        if (field == 3)
            texts.deviceRates[0] = { text };
        else
            (field == 0 ? texts.memoryAndSwap : field == 1 ? texts.cpuSet : texts.cpuShares) = text;
        WorkloadChange change;
        const auto added = addFineLimits(texts, change);
        QVERIFY(!added);
        QCOMPARE(added.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(added.error().message.find(said.toStdString()) != std::string::npos, added.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(ChangeTextTest)
#include "change_text_test.moc"
