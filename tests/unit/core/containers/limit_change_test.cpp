// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/limit_change.h"

#include "core/oci/resource_change.h"

#include <QTest>

using namespace twinhull;

namespace {

constexpr std::uint64_t kMebi = 1U << 20U;
const std::string kAll = "cpuset cpu io memory pids";

ContainerSettings limited()
{
    ContainerSettings settings;
    settings.name = "web";
    settings.memoryBytes = 256 * kMebi;
    settings.fineLimits = { std::int64_t(512 * kMebi), "0", 2048, { { "rbps", "/dev/null", 1000 } } };
    return settings;
}

std::string words(const oci::Resources& resources)
{
    return QString::fromStdString(oci::encodeResourceChange(resources)).simplified().remove(u' ').toStdString();
}

} // namespace

/// What an update makes of settings, and what it says to hull.
class LimitChangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void changesWhatIsNamedAlone()
    {
        WorkloadChange change;
        change.cpuShares = 512;
        const auto settings = changedSettings(limited(), change, kAll);
        QVERIFY2(settings, settings ? "" : settings.error().toLine().c_str());
        auto expected = limited();
        expected.fineLimits.cpuShares = 512;
        QVERIFY(settings->fineLimits == expected.fineLimits);
        QCOMPARE(settings->memoryBytes, expected.memoryBytes);
        QCOMPARE(words(*resourceChange(change, limited(), *settings)), std::string(R"({"cpu":{"shares":512}})"));
    }

    void saysMemoryAndSwapTogether()
    {
        WorkloadChange change;
        change.memoryAndSwapBytes = -1;
        auto settings = changedSettings(limited(), change, kAll);
        QCOMPARE(words(*resourceChange(change, limited(), *settings)),
            std::string(R"({"memory":{"limit":268435456,"swap":-1}})"));
        change.memoryAndSwapBytes = 0; // as much as memory: no swap
        settings = changedSettings(limited(), change, kAll);
        QVERIFY(!settings->fineLimits.memoryAndSwapBytes);
        QCOMPARE(words(*resourceChange(change, limited(), *settings)),
            std::string(R"({"memory":{"limit":268435456,"swap":268435456}})"));
        change.memoryBytes = 128 * kMebi; // and the swap beyond it is said, so that the old one is not kept
        change.memoryAndSwapBytes = std::int64_t(130 * kMebi);
        settings = changedSettings(limited(), change, kAll);
        QCOMPARE(settings->fineLimits.memoryAndSwapBytes, std::optional(std::int64_t(130 * kMebi)));
    }

    void takesAwayInTheKernelsWords()
    {
        WorkloadChange change;
        change.cpuSet = QString();
        change.cpuShares = 0;
        const auto settings = changedSettings(limited(), change, {}); // whatever there is here
        QVERIFY2(settings, settings ? "" : settings.error().toLine().c_str());
        QVERIFY(settings->fineLimits.cpuSet.empty() && !settings->fineLimits.cpuShares);
        QCOMPARE(words(*resourceChange(change, limited(), *settings)),
            std::string(R"({"unified":{"cpu.weight":"100","cpuset.cpus":""}})"));
        // its controller may not be there where nothing was limited by it
        QCOMPARE(words(*resourceChange(change, *settings, *settings)), std::string("{}"));
        // and back, where a file could not be written
        QCOMPARE(
            words(*resourceChange(change, *settings, limited())), std::string(R"({"cpu":{"cpus":"0","shares":2048}})"));
    }

    void keepsOtherDisksAsTheyAre()
    {
        auto before = limited();
        before.fineLimits.deviceRates.push_back({ "wbps", "/dev/null", 7 });
        WorkloadChange change;
        change.deviceRates = { { DeviceRateKind::ReadBytes, QStringLiteral("/dev/null"), 0 } };
        const auto settings = changedSettings(before, change, kAll);
        QVERIFY2(settings, settings ? "" : settings.error().toLine().c_str());
        const std::vector<ContainerDeviceRate> left{ { "wbps", "/dev/null", 7 } };
        QVERIFY(settings->fineLimits.deviceRates == left);
        QCOMPARE(words(*resourceChange(change, before, *settings)), std::string("{}")); // that disk has gone
    }

    void saysWhatThisComputerHasNot_data()
    {
        QTest::addColumn<QString>("controllers");
        QTest::addColumn<int>("field");
        QTest::addColumn<QString>("said");
        QTest::newRow("cpuset") << QStringLiteral("cpu io") << 0 << QStringLiteral("no cpuset controller");
        QTest::newRow("cpu") << QStringLiteral("cpuset io") << 1 << QStringLiteral("no cpu controller");
        QTest::newRow("disk") << QString::fromStdString(kAll) << 2 << QStringLiteral("/dev/null");
        QTest::newRow("processor") << QString::fromStdString(kAll) << 3 << QStringLiteral("cpuset 8000");
        QTest::newRow("less than memory") << QString::fromStdString(kAll) << 4 << QStringLiteral("memory-swap");
    }
    void saysWhatThisComputerHasNot()
    {
        QFETCH(QString, controllers);
        QFETCH(int, field);
        QFETCH(QString, said);
        WorkloadChange change;
        if (field == 0)
            change.cpuSet = QStringLiteral("0");
        else if (field == 1)
            change.cpuShares = 100;
        else if (field == 2)
            change.deviceRates = { { DeviceRateKind::ReadBytes, QStringLiteral("/dev/null"), 5 } };
        else if (field == 3)
            change.cpuSet = QStringLiteral("8000");
        else
            change.memoryAndSwapBytes = 5;
        const auto settings = changedSettings(limited(), change, controllers.toStdString());
        QVERIFY(!settings);
        QVERIFY2(QString::fromStdString(settings.error().message).contains(said), settings.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(LimitChangeTest)
#include "limit_change_test.moc"
