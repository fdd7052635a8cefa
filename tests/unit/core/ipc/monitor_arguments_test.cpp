// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/monitor_arguments.h"

#include <QTest>

using namespace twinhull;

class MonitorArgumentsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comeBackAsTheyWere()
    {
        auto arguments = complete();
        arguments.task = MonitorTask::Restore;
        arguments.keepsCheckpoint = true;
        arguments.eventsFolder = "/data/events";
        arguments.ports
            = { { "127.0.0.1", 8080, 80 }, { "0.0.0.0", 65535, 1 }, { "127.0.0.1", 53, 53, PortTransport::Udp },
                  { "::1", 8080, 80 }, { "localhost", 81, 81 }, { "::", 53, 53, PortTransport::Udp } };
        const auto read = decodeMonitorArguments(encodeMonitorArguments(arguments));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(*read == arguments);
    }

    void refusesABadOption_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* name, const char* value) {
            QTest::addRow("%s %s", name, value) << QString::fromLatin1(name) << QString::fromLatin1(value);
        };
        row("--id", "../up");
        row("--id", ".hidden");
        row("--id", "");
        row("--task", "dance");
        row("--keep-checkpoint", "perhaps");
        row("--network", "host");
        row("--container-dir", "relative/path");
        row("--events-dir", "relative/path");
        row("--publish", "8080:80");
        row("--publish", "127.0.0.1:0:80");
        row("--publish", "127.0.0.1:65536:80");
        row("--publish", "127.0.0.1:80:80x");
        row("--publish", "somewhere:80:80");
        row("--publish", "127.0.0.1:80:80/sctp");
        row("--publish", "127.0.0.1:80:80/udp/udp");
        row("--stop-signal", "0");
        row("--stop-signal", "9 ");
        row("--log-limit", "1");
        row("--request-ns", "-5");
        row("--unpack-ns", "soon");
        row("--unknown", "x");
    }

    void refusesABadOption()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        auto arguments = encodeMonitorArguments(complete());
        arguments.insert(arguments.end(), { name.toStdString(), value.toStdString() });
        const auto read = decodeMonitorArguments(arguments);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidArgument);
    }

    void knowsWhereTheKeeperIs()
    {
        auto arguments = complete();
        arguments.network = NetworkMode::Own;
        QVERIFY(!decodeMonitorArguments(encodeMonitorArguments(arguments)));
        arguments.keeperPath = "/usr/bin/network-keeper";
        arguments.keeperFolder = "/run/twinhull/networks";
        arguments.networksFolder = "/data/networks";
        const auto read = decodeMonitorArguments(encodeMonitorArguments(arguments));
        QVERIFY(read && *read == arguments);
    }

    void namesAMissingOption()
    {
        const auto read = decodeMonitorArguments({ "--id", "a" });
        QVERIFY(!read);
        QVERIFY(read.error().message.find("--container-dir") != std::string::npos);
    }

    void refusesAnOptionWithoutItsValue() { QVERIFY(!decodeMonitorArguments({ "--id" })); }

private:
    static MonitorArguments complete()
    {
        MonitorArguments arguments;
        arguments.task = MonitorTask::Adopt;
        arguments.id = "0123456789abcdef";
        arguments.containerFolder = "/data/containers/0123456789abcdef";
        arguments.runtimeFolder = "/run/twinhull/0123456789abcdef";
        arguments.hullPath = "/usr/bin/hull";
        arguments.networkHelper = "/usr/bin/slirp4netns";
        arguments.network = NetworkMode::User;
        arguments.requestNanoseconds = 123'456'789'012;
        arguments.unpackNanoseconds = 123'456'999'999;
        return arguments;
    }
};

QTEST_GUILESS_MAIN(MonitorArgumentsTest)
#include "monitor_arguments_test.moc"
