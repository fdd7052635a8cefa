// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/upkeep.h"

#include "core/ipc/container_settings.h"
#include "core/ipc/health_report.h"

#include <QTest>

using namespace twinhull;
using namespace std::chrono_literals;

class UpkeepTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas()
    {
        ContainerSettings settings;
        settings.upkeep.restart = { RestartPolicy::When::OnFailure, 7 };
        settings.upkeep.health = HealthCheck{ { "/bin/sh", "-c", "test -e '/a b'" }, 1500ms, 2s, 1min, 5,
            UnhealthyAction::Restart, 700ms };
        settings.upkeep.log = { 1U << 20U, 9 };
        const auto read = decodeContainerSettings(encodeContainerSettings(settings));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(*read == settings);
    }

    void isTheDefaultWhereOlderSettingsSayNothing()
    {
        QByteArray json = QByteArray::fromStdString(encodeContainerSettings({}));
        json.replace("\"upkeep\"", "\"other\"");
        const auto read = decodeContainerSettings(json.toStdString());
        QVERIFY(read && read->upkeep == Upkeep{});
    }

    void refusesWhatIsNoPolicy_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : { "", "yes", "always:3", "on-failure:", "on-failure:-1", "on-failure:x", "no:", "No" })
            QTest::newRow(text) << QString::fromLatin1(text);
    }

    void refusesWhatIsNoPolicy()
    {
        QFETCH(QString, text);
        QVERIFY(!decodeRestartPolicy(text.toStdString()));
    }

    void refusesWhatIsOutOfRange_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("no interval") << QByteArray("\"intervalMilliseconds\": 30000")
                                     << QByteArray("\"intervalMilliseconds\": 0");
        QTest::newRow("no retries") << QByteArray("\"retries\": 3") << QByteArray("\"retries\": 0");
        QTest::newRow("no log file") << QByteArray("\"logFiles\": 2") << QByteArray("\"logFiles\": 0");
        QTest::newRow("an endless log") << QByteArray("\"logBytes\": 10485760")
                                        << QByteArray("\"logBytes\": 9999999999999");
        QTest::newRow("an unknown action")
            << QByteArray("\"onFailure\": \"none\"") << QByteArray("\"onFailure\": \"burn\"");
    }

    void refusesWhatIsOutOfRange()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        ContainerSettings settings;
        settings.upkeep.health = HealthCheck{ { "true" }, 30s, 30s, 0s, 3, UnhealthyAction::None };
        QByteArray json = QByteArray::fromStdString(encodeContainerSettings(settings));
        QVERIFY2(json.contains(from), json.constData());
        QVERIFY(!decodeContainerSettings(json.replace(from, to).toStdString()));
    }

    void aReportOfHealthComesBackAsItWas()
    {
        const HealthReport report{ Health::Unhealthy, 4, { { 10, 20, 1, "no\n" }, { 30, 40, std::nullopt, "" } } };
        const auto read = decodeHealthReport(encodeHealthReport(report));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(*read == report);
        QVERIFY(!decodeHealthReport("{\"version\": 1}"));
        QVERIFY(!decodeHealthReport(""));
    }
};

QTEST_GUILESS_MAIN(UpkeepTest)
#include "upkeep_test.moc"
