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
        settings.ports = { { "127.0.0.1", 8080, 80 }, { "127.0.0.1", 53, 53, PortTransport::Udp } };
        settings.mounts = { { "/srv", "/data", true }, { "volume", "/v", false, true } };
        settings.memoryBytes = 64U << 20U;
        settings.cpus = 0.5;
        settings.pids = 100;
        settings.pinnedCpus = { 0, 3 };
        settings.hasNetwork = false;
        settings.hasInput = true;
        settings.stopSignal = SIGQUIT;
        settings.createdMilliseconds = 1'700'000'000'000;
        settings.process = { "web:www", "/srv", std::vector<std::string>{}, true, 30, KeptIds{ 1000, 100 },
            { { "RLIMIT_NOFILE", 100, 200 }, { "RLIMIT_MEMLOCK", UINT64_MAX, UINT64_MAX } } };
        settings.naming = { "db.example", { "9.9.9.9" }, { "lan" }, { { "other", "10.0.0.1" } } };
        settings.files = { true, { { "/tmp", 1U << 20U, 0700, true, false }, { "/x", {}, 01777, false, true } },
            { { "/dev/null", "/dev/n", true } },
            { { "key", "/run/secrets/key", 7, 8, 0400 }, { "other", "/etc/o", 0, 0, 0444 } } };
        settings.security = { { "CAP_NET_RAW" }, { "ALL" }, true, "{\"a\": \"ö\"}", "/p.json", true };
        settings.fineLimits = { -1, "0-1", 512, { { "rbps", "/dev/sda", 1000 } } };
        settings.labels = { { "a", "b" }, { "empty", "" } };
        settings.hasHostNetwork = true;
        settings.root = { RootKind::Copy, "/data: no overlay" };
        settings.networks = { { "back", { "db", "store" }, "10.89.0.7", "fd00::7" }, { "front", {}, {}, {} } };
        const auto read = decodeContainerSettings(encodeContainerSettings(settings));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(*read == settings);
        settings.root.kind = RootKind::FuseOverlay;
        const auto fuse = decodeContainerSettings(encodeContainerSettings(settings));
        QVERIFY(fuse && *fuse == settings);
    }

    void whatIsNotLimitedStaysAbsent()
    {
        const auto read = decodeContainerSettings(encodeContainerSettings({}));
        QVERIFY(read);
        QVERIFY(!read->memoryBytes && !read->cpus && !read->pids);
    }

    /// As the versions before wrote it: none of the objects for options is there.
    void readsOlderFiles()
    {
        const std::string text = encodeContainerSettings({});
        for (const char* key :
            { "process", "naming", "files", "security", "fineLimits", "labels", "networks", "hasHostNetwork" })
            QVERIFY2(text.find('"' + std::string(key) + '"') == std::string::npos, key);
        QVERIFY(*decodeContainerSettings(text) == ContainerSettings());
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
        QTest::newRow("options of another kind")
            << QByteArray(good).replace("\"ports\": []", "\"ports\": [], \"files\": 3");
        QTest::newRow("a host without an address")
            << QByteArray(good).replace("\"ports\": []", R"("ports": [], "naming": {"hosts": [{"name": "x"}]})");
        QTest::newRow("a network without a name")
            << QByteArray(good).replace("\"ports\": []", R"("ports": [], "networks": [{"aliases": []}])");
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
