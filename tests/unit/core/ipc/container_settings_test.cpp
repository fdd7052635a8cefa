// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/container_settings.h"

#include <QTest>

using namespace twinhull;

class ContainerSettingsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comeBackAsTheyWere()
    {
        ContainerSettings settings;
        settings.id = "0123456789abcdef";
        settings.name = "web \"one\"";
        settings.imageReference = "twinhull/starter:latest";
        settings.imageDigest = "sha256:00";
        settings.twinGroup = "g";
        settings.command = { "sh", "-c", "echo 'a b'" };
        settings.environment = { "A=1", "B=" };
        settings.ports = { { "127.0.0.1", 8080, 80 } };
        settings.mounts = { { "/srv", "/data", true }, { "volume", "/v", false } };
        settings.memoryBytes = 64U << 20U;
        settings.cpus = 0.5;
        settings.pids = 100;
        settings.pinnedCpus = { 0, 3 };
        settings.hasNetwork = false;
        settings.stopSignal = SIGQUIT;
        settings.createdMilliseconds = 1'700'000'000'000;
        const auto read = decodeContainerSettings(encodeContainerSettings(settings));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(*read == settings);
    }

    void whatIsNotLimitedStaysAbsent()
    {
        const auto read = decodeContainerSettings(encodeContainerSettings({}));
        QVERIFY(read);
        QVERIFY(!read->memoryBytes && !read->cpus && !read->pids);
    }

    void refusesWhatIsBroken_data()
    {
        QTest::addColumn<QByteArray>("json");
        const QByteArray good = QByteArray::fromStdString(encodeContainerSettings({}));
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut off") << good.left(good.size() / 2);
        QTest::newRow("another version") << QByteArray(good).replace("\"version\": 1", "\"version\": 9");
        QTest::newRow("name is a number") << QByteArray(good).replace("\"name\": \"\"", "\"name\": 3");
        QTest::newRow("a bad port") << QByteArray(good).replace("\"ports\": []", "\"ports\": [\"x\"]");
        QTest::newRow("a bad signal") << QByteArray(good).replace("\"stopSignal\": 15", "\"stopSignal\": 400");
    }

    void refusesWhatIsBroken()
    {
        QFETCH(QByteArray, json);
        QVERIFY(!decodeContainerSettings(json.toStdString()));
    }
};

QTEST_GUILESS_MAIN(ContainerSettingsTest)
#include "container_settings_test.moc"
