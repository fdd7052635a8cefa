// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/systemd/scope_unit.h"
#include "core/runtime/cgroups/systemd/systemd_scope.h"

#include <QTest>

#include <unistd.h>

using namespace twinhull;
using namespace twinhull::runtime;

/// A container as a unit: its name and its limits in systemd's words.
class ScopeUnitTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesTheUnit_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("slice");
        QTest::addColumn<QString>("unit");
        const auto row = [](const char* name, const char* path, const char* slice, const char* unit) {
            QTest::newRow(name) << QString::fromLatin1(path) << QString::fromLatin1(slice) << QString::fromLatin1(unit);
        };
        row("none", "", "", "hull-web.scope");
        row("podman", "machine.slice:libpod:0a1b", "machine.slice", "libpod-0a1b.scope");
        row("no slice", ":runc:web", "", "runc-web.scope");
        row("no prefix", "user.slice::web", "user.slice", "web.scope");
        row("escaped", "a.slice:b:c+d/e", "a.slice", "b-c\\x2bd\\x2fe.scope");
    }
    void namesTheUnit()
    {
        QFETCH(QString, path);
        QFETCH(QString, slice);
        QFETCH(QString, unit);
        auto scope = scopeNameOf(path.toStdString(), "web");
        QVERIFY2(scope, scope ? "" : scope.error().message.c_str());
        QCOMPARE(QString::fromStdString(scope->slice), slice);
        QCOMPARE(QString::fromStdString(scope->unit()), unit);
    }

    void refusesWhatIsNoScope_data()
    {
        QTest::addColumn<QString>("path");
        QTest::newRow("folder") << QStringLiteral("/a/b");
        QTest::newRow("two parts") << QStringLiteral("a.slice:b");
        QTest::newRow("no name") << QStringLiteral("a.slice:b:");
        QTest::newRow("no slice's name") << QStringLiteral("a.service:b:c");
        QTest::newRow("too long") << QStringLiteral("a.slice:b:") + QString(300, u'x');
    }
    void refusesWhatIsNoScope()
    {
        QFETCH(QString, path);
        auto scope = scopeNameOf(path.toStdString(), "web");
        QVERIFY(!scope);
        QVERIFY(scope.error().message.find("linux.cgroupsPath") != std::string::npos);
    }

    void masksLists_data()
    {
        QTest::addColumn<QString>("list");
        QTest::addColumn<QByteArray>("mask");
        QTest::newRow("one") << QStringLiteral("0") << QByteArray("\x01");
        QTest::newRow("range") << QStringLiteral("0-2,8") << QByteArray("\x07\x01");
        QTest::newRow("high") << QStringLiteral("15") << QByteArray("\x00\x80", 2);
    }
    void masksLists()
    {
        QFETCH(QString, list);
        QFETCH(QByteArray, mask);
        auto made = maskOfList(list.toStdString());
        QVERIFY(made);
        QCOMPARE(QByteArray::fromStdString(*made), mask);
    }

    void refusesWhatIsNoList_data()
    {
        QTest::addColumn<QString>("list");
        for (const char* list : { "", "a", "1-", "3-1", "1,", "-1", "0-99999999999", "8192", "1 2" })
            QTest::newRow(list) << QString::fromLatin1(list);
    }
    void refusesWhatIsNoList()
    {
        QFETCH(QString, list);
        QVERIFY(!maskOfList(list.toStdString()));
    }

    void saysLimitsInSystemdsWords()
    {
        oci::Resources resources;
        resources.memoryLimitBytes = 1000;
        resources.memorySwapBytes = 1500;
        resources.memoryReservationBytes = 300;
        resources.cpuQuotaMicroseconds = 33'333;
        resources.cpuShares = 1024;
        resources.cpus = "0-1";
        resources.pidsLimit = 7;
        resources.ioWeight = 500;
        auto properties = limitProperties(resources);
        QVERIFY(properties);
        QCOMPARE(number(*properties, "MemoryMax"), 1000U);
        QCOMPARE(number(*properties, "MemorySwapMax"), 500U);
        QCOMPARE(number(*properties, "MemoryLow"), 300U);
        QCOMPARE(number(*properties, "CPUWeight"), 39U);
        QCOMPARE(number(*properties, "CPUQuotaPerSecUSec"), 340'000U);
        QCOMPARE(number(*properties, "TasksMax"), 7U);
        QCOMPARE(number(*properties, "IOWeight"), 4950U);
        QCOMPARE(properties->back().name, std::string("AllowedCPUs"));
        QCOMPARE(std::get<UnitProperty::Bytes>(properties->back().value).value, std::string("\x03"));
    }

    void saysWhatUnifiedSaysLast()
    {
        oci::Resources resources;
        resources.unified = { { "memory.max", "max" }, { "pids.max", "9" }, { "cpu.max", "50000 200000" },
            { "memory.high", "1M" }, { "io.max", "8:0 rbps=1" } };
        auto properties = limitProperties(resources);
        QVERIFY(properties);
        QCOMPARE(number(*properties, "MemoryMax"), UINT64_MAX);
        QCOMPARE(number(*properties, "TasksMax"), std::uint64_t{ 9 });
        QCOMPARE(number(*properties, "CPUQuotaPerSecUSec"), std::uint64_t{ 250'000 });
        QCOMPARE(number(*properties, "CPUQuotaPeriodUSec"), std::uint64_t{ 200'000 });
        QCOMPARE(properties->size(), std::size_t{ 4 });
    }

    void saysWhatUnifiedSaysOfProcessorsAndDisks()
    {
        oci::Resources resources;
        resources.cpus = "0";
        resources.unified = { { "cpuset.cpus", "1-2" }, { "cpuset.mems", "0" }, { "io.weight", "default 200" } };
        auto properties = limitProperties(resources);
        QVERIFY(properties);
        QCOMPARE(properties->size(), std::size_t{ 3 }); // one word for each
        QCOMPARE(properties->front().name, std::string("AllowedCPUs"));
        QCOMPARE(std::get<UnitProperty::Bytes>(properties->front().value).value, std::string("\x06"));
        QCOMPARE(number(*properties, "IOWeight"), std::uint64_t{ 200 });
        resources.unified = { { "io.weight", "8:0 200" }, { "cpuset.cpus", "" } }; // not systemd's
        properties = limitProperties(resources);
        QVERIFY(properties);
        QCOMPARE(properties->size(), std::size_t{ 1 });
    }

    void saysThatAGroupIsIdle_data()
    {
        QTest::addColumn<int>("idle");
        QTest::addColumn<int>("shares");
        QTest::addColumn<int>("weight");
        QTest::newRow("idle") << 1 << 1024 << 0;
        QTest::newRow("no longer") << 0 << -1 << 100;
        QTest::newRow("no longer, with a weight") << 0 << 1024 << 39;
    }
    void saysThatAGroupIsIdle()
    {
        QFETCH(int, idle);
        QFETCH(int, shares);
        QFETCH(int, weight);
        oci::Resources resources;
        if (shares > 0)
            resources.cpuShares = static_cast<std::uint64_t>(shares);
        resources.cpuIdle = idle;
        auto properties = limitProperties(resources);
        QVERIFY(properties && properties->size() == 1);
        QCOMPARE(number(*properties, "CPUWeight"), static_cast<std::uint64_t>(weight));
        resources.cpuIdle.reset();
        resources.unified["cpu.idle"] = std::to_string(idle); // as `update --cpu-idle` says it
        QCOMPARE(number(*limitProperties(resources), "CPUWeight"), static_cast<std::uint64_t>(weight));
    }

    void saysNothingWhereNothingIsAsked() { QVERIFY(limitProperties({})->empty()); }

    void findsTheBusThatIsNamed()
    {
        const char* variable = ::geteuid() == 0 ? "DBUS_SYSTEM_BUS_ADDRESS" : "DBUS_SESSION_BUS_ADDRESS";
        const QByteArray old = qgetenv(variable);
        qputenv(variable, "unix:path=/tmp/bus,guid=1;tcp:host=x");
        const auto named = systemdSocket();
        qputenv(variable, "tcp:host=x");
        const auto usual = systemdSocket();
        old.isNull() ? qunsetenv(variable) : qputenv(variable, old);
        QCOMPARE(named, std::string("/tmp/bus"));
        QVERIFY(usual.find("tcp") == std::string::npos);
    }

private:
    static std::uint64_t number(const std::vector<UnitProperty>& properties, const std::string& name)
    {
        for (const auto& property : properties) {
            if (property.name == name)
                return std::get<std::uint64_t>(property.value);
        }
        return 0;
    }
};

QTEST_GUILESS_MAIN(ScopeUnitTest)
#include "scope_unit_test.moc"
