// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/machine_actions.h"

#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/metrics/metric_rings.h"
#include "core/settings/settings.h"
#include "core/twin/twins.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temporary_world.h"

#include <QAction>
#include <QMenu>
#include <QTest>

using namespace twinhull;
using test::FakeProvider;
using test::InstantJob;
using test::makeWorkload;

namespace {

/// Machines that write down what they were told.
class MachineProvider : public FakeProvider, public HasMachinePower, public MachinePower {
public:
    MachineProvider() : FakeProvider(WorkloadKind::Vm) { }

    MachinePower& power() override { return *this; }
    std::unique_ptr<Job> reboot(const WorkloadId& id) override { return told(QStringLiteral("reboot ") + id.key); }
    std::unique_ptr<Job> reset(const WorkloadId& id) override { return told(QStringLiteral("reset ") + id.key); }
    std::unique_ptr<Job> save(const WorkloadId& id) override { return told(QStringLiteral("save ") + id.key); }
    std::unique_ptr<Job> discardSaved(const WorkloadId& id) override
    {
        return told(QStringLiteral("discard ") + id.key);
    }
    std::unique_ptr<Job> readAutostart(const WorkloadId& id, std::shared_ptr<bool> /*into*/) override
    {
        return told(QStringLiteral("read ") + id.key);
    }
    std::unique_ptr<Job> setAutostart(const WorkloadId& id, bool /*isOn*/) override
    {
        return told(QStringLiteral("autostart ") + id.key);
    }
    std::unique_ptr<Job> sendKeys(const WorkloadId& id, const QStringList& keys) override
    {
        return told(QStringLiteral("%1 in %2").arg(keys.join(u'+'), id.key));
    }
    QStringList keyNames() const override { return {}; }

private:
    std::unique_ptr<Job> told(const QString& what)
    {
        return std::make_unique<InstantJob>(what, [this, what] {
            log << what;
            return Result<>();
        });
    }
};

} // namespace

class MachineActionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsTheMachinesThatCan()
    {
        Bench bench;
        auto running = makeWorkload(WorkloadKind::Vm, QStringLiteral("win11"));
        running.capabilities = Capability::Stop | Capability::ForceOff;
        auto stopped = makeWorkload(WorkloadKind::Vm, QStringLiteral("old"));
        stopped.capabilities = Capability::Start;
        bench.vms.put(running);
        bench.vms.put(stopped);
        MachineActions actions(bench.context, nullptr);
        actions.setSelection({ running, stopped });
        QMenu menu;
        actions.fillContextMenu(menu);
        for (const char* name : { "machineReboot", "machineReset", "machineSave", "machineDiscard" })
            menu.findChild<QAction*>(QLatin1String(name))->trigger();
        menu.findChild<QMenu*>(QStringLiteral("machineKeys"))->actions().front()->trigger();
        QTRY_COMPARE(bench.vms.log,
            (QStringList{ QStringLiteral("reboot key-win11"), QStringLiteral("reset key-win11"),
                QStringLiteral("save key-win11"), QStringLiteral("discard key-old"),
                QStringLiteral("ctrl+alt+delete in key-win11") }));
    }

    void offersNothingForContainersAndWhatCannot()
    {
        Bench bench;
        MachineActions actions(bench.context, nullptr);
        actions.setSelection({ makeWorkload(WorkloadKind::Container, QStringLiteral("web")) });
        QMenu ofContainers;
        actions.fillContextMenu(ofContainers);
        QVERIFY(ofContainers.isEmpty());
        auto stopped = makeWorkload(WorkloadKind::Vm, QStringLiteral("old"));
        stopped.capabilities = Capability::Start;
        actions.setSelection({ stopped });
        QMenu ofMachines;
        actions.fillContextMenu(ofMachines);
        QVERIFY(!ofMachines.findChild<QAction*>(QStringLiteral("machineReboot"))->isEnabled());
        QVERIFY(ofMachines.findChild<QAction*>(QStringLiteral("machineDiscard"))->isEnabled());
        QVERIFY(!ofMachines.findChild<QMenu*>(QStringLiteral("machineKeys"))->isEnabled());
    }

private:
    struct Bench {
        test::TemporaryWorld world;
        Settings settings{ world.folders() };
        ImageStore images{ world.folders() };
        WorkloadRegistry registry;
        MetricRings rings;
        Twins twins{ registry, images };
        FakeProvider containers{ WorkloadKind::Container };
        MachineProvider vms;
        JobQueue jobs;
        AppContext context{ registry, jobs, images, rings, twins, settings, world.folders() };

        Bench()
        {
            registry.add(&containers);
            registry.add(&vms);
        }
    };
};

QTEST_MAIN(MachineActionsTest)
#include "workloads_machine_actions_test.moc"
