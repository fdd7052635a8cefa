// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/vm_creation.h"

#include <QTest>

#include <csignal>
#include <functional>

using namespace twinhull;

class VmCreationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void layersThePlanOverTheImage()
    {
        ImageInfo image;
        image.entrypoint = QStringList{ QStringLiteral("httpd") };
        image.command = QStringList{ QStringLiteral("-f") };
        image.environment = QStringList{ QStringLiteral("A=1"), QStringLiteral("B=2") };
        image.user = QStringLiteral("www");
        image.stopSignal = QStringLiteral("SIGQUIT");
        WorkloadPlan plan;
        plan.name = QStringLiteral("My twin!");
        plan.environment = QStringList{ QStringLiteral("A=x=y") };
        const auto setup = guestSetupFor(plan, image);
        QVERIFY(setup);
        QVERIFY((setup->arguments == std::vector<std::string>{ "httpd", "-f" }));
        QVERIFY((setup->environment == std::vector<std::string>{ "B=2", "A=x=y" }));
        QCOMPARE(setup->hostName, std::string("My-twin-"));
        QCOMPARE(setup->stopSignal, SIGQUIT);
        QCOMPARE(setup->workingFolder, std::string("/"));
        QVERIFY(setup->network.has_value());
    }

    void replacesTheCommandButNotTheEntrypoint()
    {
        ImageInfo image;
        image.entrypoint = QStringList{ QStringLiteral("sh") };
        image.command = QStringList{ QStringLiteral("-i") };
        WorkloadPlan plan;
        plan.name = QStringLiteral("x");
        plan.command = QStringList{ QStringLiteral("-c"), QStringLiteral("true") };
        plan.hasNetwork = false;
        const auto setup = guestSetupFor(plan, image);
        QVERIFY(setup);
        QVERIFY((setup->arguments == std::vector<std::string>{ "sh", "-c", "true" }));
        QVERIFY(!setup->network);
    }

    void takesWhatThePersonSaysOfTheProcess()
    {
        ImageInfo image;
        image.entrypoint = QStringList{ QStringLiteral("sh") };
        image.command = QStringList{ QStringLiteral("-i") };
        WorkloadPlan plan;
        plan.name = QStringLiteral("x");
        plan.process = { QStringLiteral("7:8"), QStringLiteral("/srv"), QStringList{ QStringLiteral("/mine") }, true,
            QStringLiteral("INT"), {}, {} };
        plan.naming.hostName = QStringLiteral("db");
        const auto setup = guestSetupFor(plan, image);
        QVERIFY(setup);
        QVERIFY((setup->arguments == std::vector<std::string>{ "/mine" }));
        QCOMPARE(setup->user, std::string("7:8"));
        QCOMPARE(setup->workingFolder, std::string("/srv"));
        QCOMPARE(setup->hostName, std::string("db"));
        QCOMPARE(setup->stopSignal, SIGINT);
    }

    void keepsItsCacheAsThePersonsLabelSays()
    {
        ImageInfo image;
        image.command = QStringList{ QStringLiteral("true") };
        WorkloadPlan plan;
        plan.name = QStringLiteral("x");
        const auto restOf = [&](const char* label) -> Result<std::uint32_t> {
            if (label != nullptr)
                plan.labels[QLatin1String(kCacheLabel)] = QLatin1String(label);
            const auto setup = guestSetupFor(plan, image);
            return setup ? Result<std::uint32_t>(setup->cacheRestSeconds) : Result<std::uint32_t>(setup.error());
        };
        QCOMPARE(*restOf(nullptr), 30U);
        QCOMPARE(*restOf("keep"), 0U);
        QCOMPARE(*restOf("86400"), 86'400U);
        for (const char* wrong : { "", "0", "86401", "-1", "never", "4294967297" }) {
            const auto refused = restOf(wrong);
            QVERIFY2(
                !refused && refused.error().code == ErrorCode::InvalidArgument && !refused.error().hint.empty(), wrong);
        }
    }

    void refusesOptionsOfASharedKernel_data()
    {
        QTest::addColumn<std::function<void(WorkloadPlan&)>>("change");
        using Change = std::function<void(WorkloadPlan&)>;
        const auto row = [](const char* name, Change change) { QTest::newRow(name) << change; };
        row("capabilities", [](auto& plan) { plan.security.addedCapabilities = { QStringLiteral("CAP_CHOWN") }; });
        row("seccomp", [](auto& plan) { plan.security.seccomp = SeccompChoice::Unconfined; });
        row("read-only root", [](auto& plan) { plan.files.isRootReadOnly = true; });
        row("folder in memory", [](auto& plan) {
            plan.files.temporaryFolders = { { QStringLiteral("/x"), {}, 0700, false, false } };
        });
        row("secret", [](auto& plan) { plan.files.secrets = { { QStringLiteral("key"), {} } }; });
        row("name server", [](auto& plan) { plan.naming.nameServers = { QStringLiteral("9.9.9.9") }; });
        row("shares", [](auto& plan) { plan.fineLimits.cpuShares = 512; });
        row("a user kept", [](auto& plan) { plan.process.keepId = KeepId(); });
        row("time to stop", [](auto& plan) { plan.process.stopSeconds = 1; });
        row("descriptors", [](auto& plan) { plan.process.limits = { { QStringLiteral("nofile"), 9, 9 } }; });
        row("user of a disk's system", [](auto& plan) {
            plan.source = DiskSource{ QStringLiteral("/dev/null") };
            plan.process.user = QStringLiteral("x");
        });
    }

    void refusesOptionsOfASharedKernel()
    {
        QFETCH(std::function<void(WorkloadPlan&)>, change);
        WorkloadPlan plan;
        plan.name = QStringLiteral("x");
        plan.source = ImageSource{ QStringLiteral("starter") };
        change(plan);
        const auto checked = checkPlan(plan, std::uint64_t{ 8 } << 30U);
        QVERIFY(!checked);
        QCOMPARE(checked.error().code, ErrorCode::Unsupported);
        QVERIFY(!checked.error().hint.empty());
    }

    void needsSomethingToRun()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("x");
        const auto setup = guestSetupFor(plan, ImageInfo{});
        QVERIFY(!setup);
        QVERIFY(!setup.error().hint.empty());
    }

    void refusesWhatAVmCannotDo()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("x");
        plan.source = ImageSource{ QStringLiteral("starter") };
        const std::uint64_t host = std::uint64_t{ 8 } << 30U;
        QVERIFY(bool(checkPlan(plan, host)));
        plan.mounts.push_back({ QStringLiteral("/a"), QStringLiteral("/b"), false });
        QCOMPARE(checkPlan(plan, host).error().code, ErrorCode::Unsupported);
        plan.mounts.clear();
        plan.limits.memoryBytes = 1;
        QCOMPARE(checkPlan(plan, host).error().code, ErrorCode::InvalidArgument);
        plan.limits.memoryBytes.reset();
        plan.limits.cpus = -1;
        QCOMPARE(checkPlan(plan, host).error().code, ErrorCode::InvalidArgument);
        plan.limits.cpus.reset();
        plan.ports
            = { { QStringLiteral("127.0.0.1"), 80, 80 }, { QStringLiteral("127.0.0.1"), 80, 80, PortProtocol::Udp } };
        QVERIFY(bool(checkPlan(plan, host)));
        plan.hasNetwork = false;
        QCOMPARE(checkPlan(plan, host).error().code, ErrorCode::InvalidArgument);
    }
};

QTEST_GUILESS_MAIN(VmCreationTest)
#include "vm_creation_test.moc"
