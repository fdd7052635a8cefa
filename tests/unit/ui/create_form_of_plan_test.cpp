// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/form_of_plan.h"

#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/metrics/metric_rings.h"
#include "core/networks/networks.h"
#include "core/settings/settings.h"
#include "core/twin/twins.h"
#include "core/workload/plan_command.h"
#include "tests/support/context_world.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temporary_world.h"
#include "ui/create/create_dialog.h"
#include "ui/create/more_options.h"

#include <QDoubleSpinBox>
#include <QMenu>
#include <QTest>
#include <QToolButton>

using namespace twinhull;

Q_DECLARE_METATYPE(WorkloadPlan)

/// A container's plan comes back out of the create sheet as it went in.
class FormOfPlanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas_data()
    {
        QTest::addColumn<WorkloadPlan>("plan");
        QTest::newRow("nothing but an image") << plainPlan();
        QTest::newRow("everything") << fullPlan();
        auto host = plainPlan();
        host.hasHostNetwork = true;
        QTest::newRow("this computer's network") << host;
        auto unchecked = plainPlan();
        unchecked.hasNetwork = false;
        unchecked.upkeep.hasNoHealthCheck = true;
        unchecked.process.entrypoint = QStringList();
        unchecked.command = { QStringLiteral("-x"), QString(), QStringLiteral("it's") };
        QTest::newRow("without things") << unchecked;
        auto odd = plainPlan();
        odd.environment = { QStringLiteral("PLAIN=1"), QStringLiteral("TEXT=one\ntwo"), QStringLiteral("END=x ") };
        odd.mounts
            = { { QStringLiteral("/a,b"), QStringLiteral("/x") }, { QStringLiteral("data"), QStringLiteral("/y") } };
        QTest::newRow("what no field can hold") << odd;
    }

    void comesBackAsItWas()
    {
        QFETCH(WorkloadPlan, plan);
        compare(workloadPlanOf(formOf(plan)), plan);
    }

    void theFoldedFieldsShowAllOfIt()
    {
        MoreOptions fields({});
        auto form = formOf(fullPlan());
        fields.setForm(form.more);
        form.more = fields.form();
        compare(workloadPlanOf(form), fullPlan());
        fields.setForm({});
        form.more = fields.form();
        auto emptied = workloadPlanOf(form);
        QVERIFY(std::exchange(emptied.process.limits, {}) == fullPlan().process.limits); // no field shows them
        QVERIFY(emptied.process == ProcessOptions());
        QVERIFY(emptied.security == SecurityOptions());
        QVERIFY(emptied.fineLimits == FineLimits());
        QVERIFY(emptied.networks.empty());
    }

    void theSheetKeepsWhatItCannotShow()
    {
        test::TemporaryWorld world;
        Settings settings(world.folders());
        ImageStore images(world.folders());
        WorkloadRegistry registry;
        MetricRings rings;
        Twins twins(registry, images);
        JobQueue jobs;
        test::FakeProvider containers(WorkloadKind::Container);
        containers.put(test::makeWorkload(WorkloadKind::Container, QStringLiteral("web")));
        registry.add(&containers);
        AppContext context{ registry, jobs, images, rings, twins, settings, world.folders() };
        CreateDialog dialog(context, NewWorkload::Container, {});
        auto plan = plainPlan();
        plan.limits = { (100U << 20U) + 1, 0.333, 10 };
        plan.hasTerminal = true;
        plan.process.user = QStringLiteral("70");
        dialog.fill(plan, QStringLiteral("web"));
        dialog.show();
        QCOMPARE(dialog.form().name, QStringLiteral("web-2"));
        QVERIFY(dialog.form().limits == plan.limits);
        QCOMPARE(workloadPlanOf(dialog.form()).process.user, QStringLiteral("70"));
        QVERIFY(workloadPlanOf(dialog.form()).hasTerminal);
        dialog.findChild<QDoubleSpinBox*>(QStringLiteral("pids"))->setValue(20);
        QCOMPARE(dialog.form().limits.pids, std::optional<std::uint32_t>(20));
        QCOMPARE(dialog.form().limits.memoryBytes, plan.limits.memoryBytes);
    }

    void theSheetOffersTheNetworksThatAreThere()
    {
        test::ContextWorld world;
        NetworkWish wish;
        wish.name = QStringLiteral("back");
        QVERIFY(createNetwork(world.temporary.folders(), wish));
        CreateDialog dialog(world.context, NewWorkload::Container, {});
        const auto* choose = dialog.findChild<QToolButton*>(QStringLiteral("networksChoose"));
        QVERIFY(choose);
        QTRY_VERIFY(choose->isEnabled());
        Q_EMIT choose->menu()->aboutToShow();
        choose->menu()->actions().at(0)->trigger();
        QCOMPARE(dialog.form().more.network.networks, QStringLiteral("back"));
    }

private:
    /// The order of a list may be another; none of its entries may.
    static void compare(const WorkloadPlan& made, const WorkloadPlan& wanted)
    {
        auto words = planCommand(made, WorkloadKind::Container);
        auto expected = planCommand(wanted, WorkloadKind::Container);
        words.sort();
        expected.sort();
        QCOMPARE(words, expected);
        QCOMPARE(made.command, wanted.command);
        QCOMPARE(made.pinnedCpus, wanted.pinnedCpus);
        QVERIFY(made.upkeep == wanted.upkeep);
        QVERIFY(made.limits == wanted.limits);
    }

    static WorkloadPlan plainPlan()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("web");
        plan.source = ImageSource{ QStringLiteral("team/web:1") };
        return plan;
    }

    static WorkloadPlan fullPlan()
    {
        auto plan = plainPlan();
        plan.command = { QStringLiteral("/bin/serve"), QStringLiteral("a b") };
        plan.environment = { QStringLiteral("A=1"), QStringLiteral("B=x=y") };
        plan.ports = { { QStringLiteral("127.0.0.1"), 8080, 80 }, { QStringLiteral("0.0.0.0"), 8081, 81 },
            { QStringLiteral("127.0.0.1"), 5300, 53, PortProtocol::Udp } };
        plan.mounts = { { QStringLiteral("/srv"), QStringLiteral("/srv"), true, false },
            { QStringLiteral("data"), QStringLiteral("/data"), false, true } };
        plan.limits = { (64U << 20U) + 1, 0.333, 10 };
        plan.pinnedCpus = { 0 };
        plan.hasTerminal = true;
        plan.networks = { { QStringLiteral("back"), { QStringLiteral("db"), QStringLiteral("store") },
                              QStringLiteral("10.1.0.7"), {} },
            { QStringLiteral("front"), {}, {}, {} } };
        plan.upkeep.restart = { RestartPolicy::When::OnFailure, 3 };
        plan.upkeep.health = HealthCheck{ { "/bin/sh", "-c", "test -e /ready" }, std::chrono::milliseconds(1500),
            std::chrono::seconds(7), std::chrono::minutes(2), 9, UnhealthyAction::Stop,
            std::chrono::milliseconds(300) };
        plan.upkeep.log = { 3U << 20U, 7 };
        plan.process = { QStringLiteral("1000:1000"), QStringLiteral("/srv"),
            QStringList{ QStringLiteral("/bin/env"), QStringLiteral("-i") }, true, QStringLiteral("SIGUSR1"), 7,
            KeepId{ {}, 8U }, { { QStringLiteral("nofile"), 100, 200 } } };
        plan.naming = { QStringLiteral("www"), { QStringLiteral("9.9.9.9"), QStringLiteral("1.1.1.1") },
            { QStringLiteral("example.org") }, { { QStringLiteral("db"), QStringLiteral("10.0.0.1") } } };
        plan.files.isRootReadOnly = true;
        plan.files.temporaryFolders = { { QStringLiteral("/cache"), 1U << 20U, 0700, true, false } };
        plan.files.devices = { { QStringLiteral("/dev/null"), QStringLiteral("/dev/nothing"), true } };
        plan.files.secrets = { { QStringLiteral("key"), QStringLiteral("tls.key"), 1, 2, 0400 } };
        plan.security.addedCapabilities = { QStringLiteral("CAP_NET_RAW") };
        plan.security.droppedCapabilities = { QStringLiteral("CAP_CHOWN") };
        plan.security.seccomp = SeccompChoice::File;
        plan.security.seccompPath = QStringLiteral("/etc/profile.json");
        plan.security.allowsNewPrivileges = true;
        plan.fineLimits.memoryAndSwapBytes = -1;
        plan.fineLimits.cpuSet = QStringLiteral("0");
        plan.fineLimits.cpuShares = 512;
        plan.fineLimits.deviceRates = { { DeviceRateKind::WriteBytes, QStringLiteral("/dev/vda"), 1'000'000 },
            { DeviceRateKind::ReadOperations, QStringLiteral("/dev/vda"), 50 } };
        plan.labels = { { QStringLiteral("team"), QStringLiteral("a") }, { QStringLiteral("x"), QString() } };
        return plan;
    }
};

QTEST_MAIN(FormOfPlanTest)
#include "create_form_of_plan_test.moc"
