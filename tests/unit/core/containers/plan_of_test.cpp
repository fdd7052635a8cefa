// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/plan_check.h"
#include "core/containers/plan_of.h"
#include "core/workload/plan_command.h"

#include <QTemporaryFile>
#include <QTest>

#include <unistd.h>

using namespace twinhull;

class PlanOfTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void makesTheSameContainerOnceMore()
    {
        QTemporaryFile profile;
        QVERIFY(profile.open());
        profile.write(R"({"defaultAction": "SCMP_ACT_ALLOW"})");
        profile.flush();
        auto plan = fullPlan();
        plan.security.seccomp = SeccompChoice::File;
        plan.security.seccompPath = profile.fileName();
        const auto first = settingsFromPlan(plan, image());
        QVERIFY2(first, first ? "" : first.error().message.c_str());
        auto again = planOf(*first, &kept());
        QVERIFY(again.name.isEmpty());
        QVERIFY(again.twinGroup.isEmpty());
        again.name = plan.name;
        QCOMPARE(planCommand(again, WorkloadKind::Container), planCommand(plan, WorkloadKind::Container));
        const auto second = settingsFromPlan(again, image());
        QVERIFY2(second, second ? "" : second.error().message.c_str());
        auto expected = *first;
        expected.twinGroup.clear();
        QVERIFY(*second == expected);
    }

    void namesOnlyIdsThatAreNotThePersons()
    {
        ContainerSettings settings;
        QVERIFY(!planOf(settings, nullptr).process.keepId);
        settings.process.kept = KeptIds{ ::getuid(), ::getgid() + 1 };
        QVERIFY(planOf(settings, nullptr).process.keepId == std::optional(KeepId{ {}, ::getgid() + 1 }));
    }

    void keepsWhatOnlyACgroupWithItsControllersCanHave()
    {
        ContainerSettings settings;
        settings.imageReference = "team/web:1";
        settings.pinnedCpus = { 0, 1 };
        settings.memoryBytes = 64U << 20U;
        settings.fineLimits = { -1, "0-1", 512, { { "wbps", "/dev/vda", 1'000'000 }, { "riops", "/dev/vda", 50 } } };
        const auto plan = planOf(settings, nullptr);
        QCOMPARE(plan.pinnedCpus, settings.pinnedCpus);
        QCOMPARE(plan.fineLimits.memoryAndSwapBytes, std::optional<std::int64_t>(-1));
        QCOMPARE(plan.fineLimits.cpuSet, QStringLiteral("0-1"));
        QCOMPARE(plan.fineLimits.cpuShares, std::optional<std::uint32_t>(512));
        QCOMPARE(plan.fineLimits.deviceRates.size(), std::size_t{ 2 });
        QCOMPARE(plan.fineLimits.deviceRates.front().kind, DeviceRateKind::WriteBytes);
        QCOMPARE(plan.fineLimits.deviceRates.back().perSecond, std::uint64_t{ 50 });
    }

    void leavesToTheImageWhatIsTheImages()
    {
        auto checked = image();
        checked.health.test = { "CMD", "/bin/check" };
        auto plan = fullPlan();
        plan.upkeep.health.reset();
        plan.process.stopSignal.clear();
        const auto settings = settingsFromPlan(plan, checked);
        QVERIFY2(settings, settings ? "" : settings.error().message.c_str());
        QVERIFY(settings->upkeep.health);
        QVERIFY(!planOf(*settings, &checked).upkeep.health);
        QVERIFY(planOf(*settings, &checked).process.stopSignal.isEmpty());
        QVERIFY(planOf(*settings, nullptr).upkeep.health); // nobody else says so
        QCOMPARE(planOf(*settings, nullptr).process.stopSignal, QString::number(SIGQUIT));
    }

    void isNoContainerOfTheSameApplication()
    {
        ContainerSettings settings;
        settings.labels = { { "com.docker.compose.project", "shop" }, { "team", "a" } };
        QCOMPARE(planOf(settings, nullptr).labels, (Labels{ { QStringLiteral("team"), QStringLiteral("a") } }));
    }

private:
    static WorkloadPlan fullPlan()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("web");
        plan.source = ImageSource{ image().shortName() };
        plan.command = { QStringLiteral("/bin/serve"), QStringLiteral("a b") };
        plan.environment = { QStringLiteral("A=1"), QStringLiteral("B=x=y") };
        plan.ports = { { QStringLiteral("127.0.0.1"), 8080, 80 },
            { QStringLiteral("127.0.0.1"), 5300, 53, PortProtocol::Udp } };
        plan.mounts = { { QStringLiteral("/"), QStringLiteral("/host"), true, false },
            { QStringLiteral("data"), QStringLiteral("/data"), false, true } };
        plan.limits = { 64U << 20U, 0.5, 10 };
        plan.networks = { { QStringLiteral("back"), { QStringLiteral("db") }, QStringLiteral("10.1.0.7"), {} } };
        plan.hasTerminal = true;
        plan.twinGroup = QStringLiteral("twin");
        plan.upkeep.restart = { RestartPolicy::When::OnFailure, 3 };
        plan.upkeep.health = HealthCheck{ { "/bin/true" } };
        plan.process = { QStringLiteral("1000:1000"), QStringLiteral("/srv"), QStringList{ QStringLiteral("/bin/env") },
            true, QString::number(SIGUSR1), 7, {},
            { { QStringLiteral("nofile"), 100, 200 }, { QStringLiteral("core"), 0, 0 } } };
        plan.naming = { QStringLiteral("www"), { QStringLiteral("9.9.9.9") }, { QStringLiteral("example.org") },
            { { QStringLiteral("db"), QStringLiteral("10.0.0.1") } } };
        plan.files.isRootReadOnly = true;
        plan.files.temporaryFolders = { { QStringLiteral("/cache"), 1U << 20U, 0700, true, false } };
        plan.files.devices = { { QStringLiteral("/dev/null"), QStringLiteral("/dev/nothing"), true } };
        plan.files.secrets = { { QStringLiteral("key"), QStringLiteral("/run/secrets/key"), 1, 2, 0400 } };
        plan.security.addedCapabilities = { QStringLiteral("CAP_NET_RAW") };
        plan.security.droppedCapabilities = { QStringLiteral("CAP_CHOWN") };
        plan.security.allowsNewPrivileges = true;
        plan.labels = { { QStringLiteral("team"), QStringLiteral("a") } };
        return plan;
    }

    static ImageInfo image()
    {
        ImageInfo info;
        info.digest = QStringLiteral("sha256:ab");
        info.references = { QStringLiteral("localhost/team/web:1") };
        info.command = { QStringLiteral("/bin/sh") };
        info.stopSignal = QStringLiteral("SIGQUIT");
        return info;
    }

    static const ImageInfo& kept()
    {
        static const ImageInfo info = image();
        return info;
    }
};

QTEST_GUILESS_MAIN(PlanOfTest)
#include "plan_of_test.moc"
