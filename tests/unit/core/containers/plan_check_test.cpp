// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/option_check.h"
#include "core/containers/plan_check.h"

#include <QTest>

#include <cmath>
#include <functional>

using namespace twinhull;

using Change = std::function<void(WorkloadPlan&)>;
Q_DECLARE_METATYPE(Change)

class PlanCheckTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesAPlanOver()
    {
        auto plan = goodPlan();
        plan.environment = { QStringLiteral("A=1") };
        plan.limits = { 64U << 20U, 0.5, 10 };
        plan.mounts = { { QStringLiteral("/"), QStringLiteral("/host"), true } };
        const auto settings = settingsFromPlan(plan, image());
        QVERIFY2(settings, settings ? "" : settings.error().message.c_str());
        QCOMPARE(settings->name, std::string("web"));
        QCOMPARE(settings->imageDigest, std::string("sha256:ab"));
        QCOMPARE(settings->ports.front().hostPort, std::uint16_t{ 8080 });
        QCOMPARE(settings->memoryBytes, std::optional<std::uint64_t>(64U << 20U));
        QCOMPARE(settings->stopSignal, SIGQUIT);
        QVERIFY(settings->mounts.front().readOnly);
    }

    void refusesWhatCannotWork_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const char* said, Change change) {
            QTest::newRow(name) << change << QString::fromLatin1(said);
        };
        row("empty name", "name", [](auto& plan) { plan.name.clear(); });
        row("a path as name", "name", [](auto& plan) { plan.name = QStringLiteral("../x"); });
        row("name with a line end", "name", [](auto& plan) { plan.name = QStringLiteral("web\n"); });
        row("more memory than there is", "this computer has",
            [](auto& plan) { plan.limits.memoryBytes = std::uint64_t{ 1 } << 60U; });
        row("hardly any memory", "too little", [](auto& plan) { plan.limits.memoryBytes = 4096; });
        row("too many cores", "cores", [](auto& plan) { plan.limits.cpus = 100'000; });
        row("no core", "CPU", [](auto& plan) { plan.limits.cpus = 0; });
        row("cores that are no number", "CPU", [](auto& plan) { plan.limits.cpus = std::nan(""); });
        row("a port twice", "twice", [](auto& plan) { plan.ports.push_back(plan.ports.front()); });
        row("port 0", "port", [](auto& plan) { plan.ports.front().hostPort = 0; });
        row("a port without network", "network", [](auto& plan) { plan.hasNetwork = false; });
        row("a port with this computer's network", "no port", [](auto& plan) { plan.hasHostNetwork = true; });
        row("networks and none", "no network", [](auto& plan) {
            plan.hasNetwork = false;
            plan.networks = { { QStringLiteral("back"), {}, {}, {} } };
        });
        row("an alias with a blank", "alias", [](auto& plan) {
            plan.networks = { { QStringLiteral("back"), { QStringLiteral("a b") }, {}, {} } };
        });
        row("a host name as address", "IPv4",
            [](auto& plan) { plan.ports.front().hostAddress = QStringLiteral("localhost.example"); });
        row("a port without an address and of a loopback", "published twice", [](auto& plan) {
            plan.ports.push_back(plan.ports.front());
            plan.ports.back().hostAddress = QStringLiteral("localhost");
        });
        row("a port of two loopbacks", "pasta takes a port once", [](auto& plan) {
            plan.ports.push_back(plan.ports.front());
            plan.ports.back().hostAddress = QStringLiteral("::1");
        });
        row("a mount source that is not there", "/no/such/folder", [](auto& plan) {
            plan.mounts = { { QStringLiteral("/no/such/folder"), QStringLiteral("/x"), false } };
        });
        row("a volume name that leads up", "volume", [](auto& plan) {
            plan.mounts = { { QStringLiteral(".."), QStringLiteral("/x"), false } };
        });
        row("a relative mount target", "target", [](auto& plan) {
            plan.mounts = { { QStringLiteral("v"), QStringLiteral("x"), false } };
        });
        row("a mount target that leads up", "target", [](auto& plan) {
            plan.mounts = { { QStringLiteral("v"), QStringLiteral("/a/../../x"), false } };
        });
        row("a mount over everything", "target", [](auto& plan) {
            plan.mounts = { { QStringLiteral("v"), QStringLiteral("/"), false } };
        });
        row("environment without a key", "KEY=VALUE", [](auto& plan) { plan.environment = { QStringLiteral("=x") }; });
        row("more ports than can be", "more than", [](auto& plan) { plan.ports.assign(65, plan.ports.front()); });
        row("a user with a blank", "user", [](auto& plan) { plan.process.user = QStringLiteral("a b"); });
        row("a relative folder", "working folder",
            [](auto& plan) { plan.process.workingFolder = QStringLiteral("srv"); });
        row("an unknown signal", "no such signal",
            [](auto& plan) { plan.process.stopSignal = QStringLiteral("SIGNOTHING"); });
        row("a week to stop", "at most a day", [](auto& plan) { plan.process.stopSeconds = 7 * 24 * 3600; });
        row("a limit of no process", "knows no such limit", [](auto& plan) {
            plan.process.limits = { { QStringLiteral("files"), 9, 9 } };
        });
        row("a limit twice", "named twice", [](auto& plan) {
            plan.process.limits = { { QStringLiteral("core"), 0, 0 }, { QStringLiteral("core"), 0, 0 } };
        });
        row("a bad host name", "hostname", [](auto& plan) { plan.naming.hostName = QStringLiteral("a_b"); });
        row("a name server with a line end", "dns",
            [](auto& plan) { plan.naming.nameServers = { QStringLiteral("1.2.3.4\nsearch x") }; });
        row("a name server without network", "name server", [](auto& plan) {
            plan.ports.clear();
            plan.hasNetwork = false;
            plan.naming.nameServers = { QStringLiteral("9.9.9.9") };
        });
        row("two things in one place", "/x", [](auto& plan) {
            plan.mounts = { { QStringLiteral("v"), QStringLiteral("/x"), false } };
            plan.files.temporaryFolders = { { QStringLiteral("/x"), {}, 01777, false, false } };
        });
        row("two volumes in one place", "same target", [](auto& plan) {
            plan.mounts = { { QStringLiteral("v"), QStringLiteral("/x"), false },
                { QStringLiteral("w"), QStringLiteral("/x"), false } };
        });
        row("a secret in the place of another", "/run/secrets/key", [](auto& plan) {
            plan.files.secrets = { { QStringLiteral("key"), {} }, { QStringLiteral("other"), QStringLiteral("key") } };
        });
        row("a secret that leads out", "target", [](auto& plan) {
            plan.files.secrets = { { QStringLiteral("key"), QStringLiteral("../../etc/x") } };
        });
        row("a device that is a file", "not a device", [](auto& plan) {
            plan.files.devices = { { QStringLiteral("/etc/hostname"), QStringLiteral("/dev/x"), true } };
        });
        row("a device that is not there", "/dev/nothing", [](auto& plan) {
            plan.files.devices = { { QStringLiteral("/dev/nothing"), QStringLiteral("/dev/x"), true } };
        });
        row("an unknown capability", "CAP_MAGIC",
            [](auto& plan) { plan.security.addedCapabilities = { QStringLiteral("CAP_MAGIC") }; });
        row("added and dropped", "both", [](auto& plan) {
            plan.security.addedCapabilities = { QStringLiteral("CAP_CHOWN") };
            plan.security.droppedCapabilities = plan.security.addedCapabilities;
        });
        row("no such profile", "/no/such", [](auto& plan) {
            plan.security.seccomp = SeccompChoice::File;
            plan.security.seccompPath = QStringLiteral("/no/such");
        });
        row("swap without memory", "memory", [](auto& plan) { plan.fineLimits.memoryAndSwapBytes = 1 << 30; });
        row("less swap than memory", "less", [](auto& plan) {
            plan.limits.memoryBytes = 64U << 20U;
            plan.fineLimits.memoryAndSwapBytes = 1 << 20;
        });
        row("processors that are no list", "cpuset", [](auto& plan) { plan.fineLimits.cpuSet = QStringLiteral("x"); });
        row("processors that are not there", "this computer has",
            [](auto& plan) { plan.fineLimits.cpuSet = QStringLiteral("0-8000"); });
        row("shares out of range", "cpu-shares", [](auto& plan) { plan.fineLimits.cpuShares = 1; });
        row("a rate of no disk", "block device", [](auto& plan) {
            plan.fineLimits.deviceRates = { { DeviceRateKind::ReadBytes, QStringLiteral("/dev/null"), 1000 } };
        });
        row("NUL in the command", "NUL", [](auto& plan) { plan.command = { QString(QChar(0)) }; });
    }

    void refusesWhatCannotWork()
    {
        QFETCH(Change, change);
        QFETCH(QString, said);
        auto plan = goodPlan();
        change(plan);
        const auto settings = settingsFromPlan(plan, image());
        QVERIFY(!settings);
        QVERIFY2(QString::fromStdString(settings.error().message).contains(said), settings.error().message.c_str());
    }

    void whatNoControllerCanDoIsSaid()
    {
        auto plan = goodPlan();
        plan.fineLimits.cpuSet = QStringLiteral("0");
        ContainerSettings settings;
        QVERIFY(applyPlanOptions(plan, "cpu cpuset memory", settings));
        QCOMPARE(settings.fineLimits.cpuSet, std::string("0"));
        const auto without = applyPlanOptions(plan, "cpu memory", settings);
        QVERIFY(!without);
        QCOMPARE(without.error().code, ErrorCode::Unsupported);
        QVERIFY2(without.error().message.find("cpuset") != std::string::npos, without.error().message.c_str());
    }

    void thePersonsSignalWins()
    {
        auto plan = goodPlan();
        plan.process.stopSignal = QStringLiteral("INT");
        QCOMPARE(settingsFromPlan(plan, image())->stopSignal, SIGINT);
    }

    void anEntrypointOfNothingNeedsACommand()
    {
        auto plan = goodPlan();
        plan.process.entrypoint = QStringList();
        QVERIFY(!settingsFromPlan(plan, image()));
        plan.command = { QStringLiteral("/bin/true") };
        QVERIFY(settingsFromPlan(plan, image()));
    }

    void anImageWithoutACommandNeedsOne()
    {
        auto bare = image();
        bare.command.clear();
        QVERIFY(!settingsFromPlan(goodPlan(), bare));
        auto plan = goodPlan();
        plan.command = { QStringLiteral("/bin/true") };
        QVERIFY(settingsFromPlan(plan, bare));
    }

private:
    static WorkloadPlan goodPlan()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("web");
        plan.source = ImageSource{ QStringLiteral("x") };
        plan.ports = { PublishedPort{ QStringLiteral("127.0.0.1"), 8080, 80 } };
        return plan;
    }

    static ImageInfo image()
    {
        ImageInfo info;
        info.digest = QStringLiteral("sha256:ab");
        info.command = { QStringLiteral("/bin/sh") };
        info.stopSignal = QStringLiteral("SIGQUIT");
        return info;
    }
};

QTEST_GUILESS_MAIN(PlanCheckTest)
#include "plan_check_test.moc"
