// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/limit_change.h"

#include "core/containers/block_device.h"
#include "core/oci/resource_change.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

namespace {

constexpr std::uint64_t kLimitMebibyte = 1U << 20U;
const std::string kEveryController = "cpuset cpu io memory pids";

ContainerSettings limitedSettings()
{
    ContainerSettings settings;
    settings.name = "web";
    settings.memoryBytes = 256 * kLimitMebibyte;
    settings.fineLimits = { std::int64_t(512 * kLimitMebibyte), "0", 2048, { { "rbps", "/dev/null", 1000 } } };
    return settings;
}

/// A whole one of this computer; empty: none.
QString someDisk()
{
    for (const QString& name : QDir(QStringLiteral("/sys/block")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString path = QStringLiteral("/dev/") + name;
        if (diskNumber(path.toStdString()))
            return path;
    }
    return {};
}

std::string changeWords(const oci::Resources& resources)
{
    return QString::fromStdString(oci::encodeResourceChange(resources)).simplified().remove(u' ').toStdString();
}

} // namespace

/// What an update makes of settings, and what it says to hull.
class LimitChangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// For whoever checks it to refuse: the sum with the swap has no value.
    void takesAMemoryBeyondAllBounds()
    {
        WorkloadChange change;
        change.memoryBytes = INT64_MAX;
        const auto settings = changedSettings(limitedSettings(), change, kEveryController);
        QVERIFY2(settings, settings ? "" : settings.error().toLine().c_str());
        QCOMPARE(settings->memoryBytes, change.memoryBytes);
    }

    void changesWhatIsNamedAlone()
    {
        WorkloadChange change;
        change.cpuShares = 512;
        const auto settings = changedSettings(limitedSettings(), change, kEveryController);
        QVERIFY2(settings, settings ? "" : settings.error().toLine().c_str());
        auto expected = limitedSettings();
        expected.fineLimits.cpuShares = 512;
        QVERIFY(settings->fineLimits == expected.fineLimits);
        QCOMPARE(settings->memoryBytes, expected.memoryBytes);
        QCOMPARE(changeWords(*resourceChange(change, limitedSettings(), *settings)),
            std::string(R"({"cpu":{"shares":512}})"));
    }

    void saysMemoryAndSwapTogether()
    {
        WorkloadChange change;
        change.memoryAndSwapBytes = -1;
        auto settings = changedSettings(limitedSettings(), change, kEveryController);
        QCOMPARE(changeWords(*resourceChange(change, limitedSettings(), *settings)),
            std::string(R"({"memory":{"limit":268435456,"swap":-1}})"));
        change.memoryAndSwapBytes = 0; // as much as memory: no swap
        settings = changedSettings(limitedSettings(), change, kEveryController);
        QVERIFY(!settings->fineLimits.memoryAndSwapBytes);
        QCOMPARE(changeWords(*resourceChange(change, limitedSettings(), *settings)),
            std::string(R"({"memory":{"limit":268435456,"swap":268435456}})"));
        change.memoryBytes = 128 * kLimitMebibyte; // and the swap beyond it is said, so that the old one is not kept
        change.memoryAndSwapBytes = std::int64_t(130 * kLimitMebibyte);
        settings = changedSettings(limitedSettings(), change, kEveryController);
        QCOMPARE(settings->fineLimits.memoryAndSwapBytes, std::optional(std::int64_t(130 * kLimitMebibyte)));
    }

    void takesAwayInTheKernelsWords()
    {
        WorkloadChange change;
        change.cpuSet = QString();
        change.cpuShares = 0;
        const auto settings = changedSettings(limitedSettings(), change, {}); // whatever there is here
        QVERIFY2(settings, settings ? "" : settings.error().toLine().c_str());
        QVERIFY(settings->fineLimits.cpuSet.empty() && !settings->fineLimits.cpuShares);
        QCOMPARE(changeWords(*resourceChange(change, limitedSettings(), *settings)),
            std::string(R"({"unified":{"cpu.weight":"100","cpuset.cpus":""}})"));
        // its controller may not be there where nothing was limited by it
        QCOMPARE(changeWords(*resourceChange(change, *settings, *settings)), std::string("{}"));
        // and back, where a file could not be written
        QCOMPARE(changeWords(*resourceChange(change, *settings, limitedSettings())),
            std::string(R"({"cpu":{"shares":2048,"cpus":"0"}})"));
    }

    void keepsOtherDisksAsTheyAre()
    {
        auto before = limitedSettings();
        before.fineLimits.deviceRates.push_back({ "wbps", "/dev/null", 7 });
        WorkloadChange change;
        change.deviceRates = { { DeviceRateKind::ReadBytes, QStringLiteral("/dev/null"), 0 } };
        const auto settings = changedSettings(before, change, kEveryController);
        QVERIFY2(settings, settings ? "" : settings.error().toLine().c_str());
        const std::vector<ContainerDeviceRate> left{ { "wbps", "/dev/null", 7 } };
        QVERIFY(settings->fineLimits.deviceRates == left);
        QCOMPARE(changeWords(*resourceChange(change, before, *settings)), std::string("{}")); // that disk has gone
    }

    void saysWhatThereIsWhereThatIsNot()
    {
        WorkloadChange change;
        change.deviceRates = { { DeviceRateKind::WriteBytes, QStringLiteral("/dev/null"), 0 } };
        const auto refused = changedSettings(limitedSettings(), change, kEveryController);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::NotFound);
        QCOMPARE(refused.error().hint, std::string("There is rbps of /dev/null"));
        QCOMPARE(changedSettings({}, change, kEveryController).error().hint, std::string("No disk is limited"));
    }

    /// The kernel has one limit for a disk, so settings have one, too.
    void knowsADiskByItsOtherName()
    {
        const QString disk = someDisk();
        if (disk.isEmpty())
            QSKIP("this computer has no disk");
        const QTemporaryDir folder;
        const QString other = folder.filePath(QStringLiteral("by-id"));
        QVERIFY(QFile::link(disk, other));
        ContainerSettings before;
        before.fineLimits.deviceRates = { { "rbps", disk.toStdString(), 1000 } };
        WorkloadChange change;
        change.deviceRates = { { DeviceRateKind::ReadBytes, other, 2000 } };
        auto settings = changedSettings(before, change, kEveryController);
        QVERIFY2(settings, settings ? "" : settings.error().toLine().c_str());
        const std::vector<ContainerDeviceRate> renamed{ { "rbps", other.toStdString(), 2000 } };
        QVERIFY(settings->fineLimits.deviceRates == renamed);
        change.deviceRates.front().perSecond = 0;
        settings = changedSettings(before, change, kEveryController);
        QVERIFY2(settings, settings ? "" : settings.error().toLine().c_str());
        QVERIFY(settings->fineLimits.deviceRates.empty());
        QCOMPARE(resourceChange(change, before, *settings)->readBytesPerSecond.size(), std::size_t{ 1 });
    }

    void saysWhatThisComputerHasNot_data()
    {
        QTest::addColumn<QString>("controllers");
        QTest::addColumn<int>("field");
        QTest::addColumn<QString>("said");
        QTest::newRow("cpuset") << QStringLiteral("cpu io") << 0 << QStringLiteral("no cpuset controller");
        QTest::newRow("cpu") << QStringLiteral("cpuset io") << 1 << QStringLiteral("no cpu controller");
        QTest::newRow("disk") << QString::fromStdString(kEveryController) << 2 << QStringLiteral("/dev/null");
        QTest::newRow("processor") << QString::fromStdString(kEveryController) << 3 << QStringLiteral("cpuset 8000");
        QTest::newRow("less than memory")
            << QString::fromStdString(kEveryController) << 4 << QStringLiteral("memory-swap");
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
        const auto settings = changedSettings(limitedSettings(), change, controllers.toStdString());
        QVERIFY(!settings);
        QVERIFY2(QString::fromStdString(settings.error().message).contains(said), settings.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(LimitChangeTest)
#include "limit_change_test.moc"
