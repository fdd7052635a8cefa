// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/context_world.h"
#include "ui/workloads/workload_actions.h"

#include "core/workload/machine_removal.h"
#include "ui/workloads/remove_dialog.h"

#include <QCheckBox>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>

using namespace twinhull;

namespace {

/// Machines with the disks that the test gives them; writes down what was to be removed with what.
class RemovingProvider : public test::FakeProvider, public HasMachineRemoval, public MachineRemoval {
public:
    RemovingProvider() : FakeProvider(WorkloadKind::Vm) { }

    MachineRemoval& removal() override { return *this; }
    std::unique_ptr<Job> readDisks(
        const std::vector<WorkloadId>& machines, std::shared_ptr<std::vector<MachineDisk>> into) override
    {
        ++looks;
        return std::make_unique<test::InstantJob>(QStringLiteral("read"), [this, machines, into]() -> Result<> {
            for (const MachineDisk& disk : disks) {
                if (std::find(machines.begin(), machines.end(), disk.machine) != machines.end())
                    into->push_back(disk);
            }
            return answer;
        });
    }
    std::unique_ptr<Job> removeWithDisks(const WorkloadId& machine, const QStringList& paths) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("remove"), [this, machine, paths]() -> Result<> {
            log << QStringLiteral("remove %1 with %2").arg(machine.key, paths.join(u','));
            return {};
        });
    }

    std::vector<MachineDisk> disks;
    Result<> answer;
    int looks = 0;
};

} // namespace

/// Deleting machines whose disks lie elsewhere.
class RemoveDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<test::TemporaryWorld>();
        m_bench = std::make_unique<Bench>(*m_world);
        for (const char* name : { "web", "db" }) {
            auto vm = test::makeWorkload(WorkloadKind::Vm, QLatin1String(name), WorkloadState::Stopped);
            vm.capabilities = Capability::Start | Capability::Remove;
            m_bench->vms.put(vm);
        }
        const auto machines = m_bench->vms.workloads();
        m_bench->vms.disks = { { machines[0].id, QStringLiteral("vda"), QStringLiteral("/srv/a & b.qcow2") },
            { machines[0].id, QStringLiteral("vdb"), QStringLiteral("/srv/shared.qcow2") } };
        m_bench->vms.disks[0].capacityBytes = std::uint64_t{ 20 } << 30U;
        m_bench->vms.disks[1].keptBecause = QStringLiteral("It is used by db too");
    }

    void namesEveryDiskAndTicksNone()
    {
        ask({ 0 });
        const auto boxes = diskBoxes();
        QCOMPARE(boxes.size(), 2);
        QCOMPARE(boxes[0]->text(), QStringLiteral("vda: /srv/a && b.qcow2 (20 GiB)"));
        QVERIFY(boxes[1]->text().contains(QStringLiteral("size not known")));
        QVERIFY(boxes[1]->text().contains(QStringLiteral("It is used by db too")));
        QVERIFY(boxes[0]->isEnabled() && !boxes[1]->isEnabled());
        QVERIFY(!boxes[0]->isChecked() && !boxes[1]->isChecked());
        agree();
        QTRY_COMPARE(m_bench->vms.log, QStringList(QStringLiteral("remove web")));
    }

    void deletesWhatWasTicked()
    {
        ask({ 0, 1 });
        QCOMPARE(m_bench->vms.looks, 1);
        QVERIFY(diskBoxes()[0]->text().startsWith(QStringLiteral("web, vda: ")));
        diskBoxes()[0]->click();
        agree();
        QTRY_COMPARE(m_bench->vms.log.size(), 2);
        QVERIFY(m_bench->vms.log.contains(
            QStringLiteral("remove %1 with /srv/a & b.qcow2").arg(m_bench->vms.disks[0].machine.key)));
        QVERIFY(m_bench->vms.log.contains(QStringLiteral("remove db")));
    }

    void cancelDeletesNothing()
    {
        ask({ 0 });
        diskBoxes()[0]->click();
        dialog()->reject();
        QTRY_VERIFY(dialog() == nullptr);
        QVERIFY(m_bench->vms.log.isEmpty());
    }

    void saysThatTheDisksAreNotKnown()
    {
        m_bench->vms.disks.clear();
        m_bench->vms.answer = Error{ ErrorCode::Unavailable, "libvirtd went away", 0, {} };
        ask({ 0 });
        const QString said = dialog()->findChild<QLabel*>(QStringLiteral("removeLooking"))->text();
        QVERIFY2(said.contains(QStringLiteral("is not known, and they stay")), qPrintable(said));
        agree();
        QTRY_COMPARE(m_bench->vms.log, QStringList(QStringLiteral("remove web")));
    }

    void whoIsNotAskedLeavesTheDisks()
    {
        ask({ 0 });
        dialog()->findChild<QCheckBox*>(QStringLiteral("doNotAskAgain"))->setChecked(true);
        agree();
        QTRY_COMPARE(m_bench->vms.log.size(), 1);
        m_bench->actions.setSelection({ m_bench->vms.workloads().front() });
        m_bench->actions.remove().trigger();
        QTRY_COMPARE(m_bench->vms.log, QStringList({ QStringLiteral("remove web"), QStringLiteral("remove db") }));
        QCOMPARE(m_bench->vms.looks, 1);
    }

    void oneMadeFromAnImageHasNoneElsewhere()
    {
        auto vm = test::makeWorkload(WorkloadKind::Vm, QStringLiteral("made"), WorkloadState::Stopped);
        vm.capabilities = Capability::Remove;
        vm.imageDigest = QStringLiteral("sha256:1");
        m_bench->vms.put(vm);
        m_bench->actions.setSelection({ vm });
        m_bench->actions.remove().trigger();
        QVERIFY(m_bench->window.findChild<QMessageBox*>(QStringLiteral("confirmDelete")) != nullptr);
    }

private:
    struct Bench {
        explicit Bench(test::TemporaryWorld& world)
            : settings(world.folders())
            , images(world.folders())
            , context{ registry, jobs, images, rings, twins, settings, world.folders() }
        {
            registry.add(&vms);
        }

        Settings settings;
        ImageStore images;
        WorkloadRegistry registry;
        MetricRings rings;
        Twins twins{ registry, images };
        RemovingProvider vms;
        JobQueue jobs;
        AppContext context;
        QWidget window;
        WorkloadActions actions{ context, &window };
    };

    void ask(const std::vector<std::size_t>& machines)
    {
        const auto all = m_bench->vms.workloads();
        std::vector<WorkloadInfo> chosen;
        for (const std::size_t each : machines)
            chosen.push_back(all[each]);
        m_bench->actions.setSelection(chosen);
        m_bench->actions.remove().trigger();
        QVERIFY(dialog() != nullptr);
        QTRY_VERIFY(!dialog()
                         ->findChild<QLabel*>(QStringLiteral("removeLooking"))
                         ->text()
                         .startsWith(QStringLiteral("Looking")));
    }

    RemoveDialog* dialog() const { return m_bench->window.findChild<RemoveDialog*>(); }
    QList<QCheckBox*> diskBoxes() const { return dialog()->findChildren<QCheckBox*>(QStringLiteral("removeDisk")); }
    void agree() const { dialog()->findChild<QPushButton*>(QStringLiteral("confirmDeleteButton"))->click(); }

    std::unique_ptr<test::TemporaryWorld> m_world;
    std::unique_ptr<Bench> m_bench;
};

QTEST_MAIN(RemoveDialogTest)
#include "workloads_remove_dialog_test.moc"
