// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/machine_actions.h"

#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/metrics/metric_rings.h"
#include "core/settings/settings.h"
#include "core/twin/twins.h"
#include "core/workload/machine_copies.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temporary_world.h"
#include "ui/workloads/change_actions.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QFileDialog>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>

using namespace twinhull;
using test::FakeProvider;
using test::InstantJob;
using test::makeWorkload;

namespace {

/// Machines that write down what they were told.
class MachineProvider : public FakeProvider,
                        public HasMachinePower,
                        public MachinePower,
                        public HasMachineCopies,
                        public MachineCopies {
public:
    MachineProvider() : FakeProvider(WorkloadKind::Vm) { }

    MachinePower& power() override { return *this; }
    std::unique_ptr<Job> reboot(const WorkloadId& id) override { return told(QStringLiteral("reboot ") + id.key); }
    std::unique_ptr<Job> reset(const WorkloadId& id) override { return told(QStringLiteral("reset ") + id.key); }
    std::unique_ptr<Job> save(const WorkloadId& id) override { return told(QStringLiteral("save ") + id.key); }
    std::unique_ptr<Job> saveTo(const WorkloadId& id, const QString& path) override
    {
        return told(QStringLiteral("save %1 to %2").arg(id.key, path));
    }
    std::unique_ptr<Job> restoreFrom(const WorkloadId& id, const QString& path, SavedDisks disks) override
    {
        return disks == SavedDisks::Unchanged ? told(QStringLiteral("restore %1 from %2").arg(id.key, path)) : nullptr;
    }
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
    bool hasInstaller(const WorkloadId& id) const override { return id.key == u"key-half"; }
    std::unique_ptr<Job> renewInstaller(const WorkloadId& id) override
    {
        return told(QStringLiteral("installer ") + id.key);
    }
    MachineCopies& copies() override { return *this; }
    std::unique_ptr<Job> rename(const WorkloadInfo& info, const QString& name) override
    {
        return told(QStringLiteral("rename %1 %2").arg(info.id.key, name));
    }
    std::unique_ptr<Job> clone(const WorkloadInfo& info, const CloneRequest& request) override
    {
        const bool isLinked = request.disks == CloneRequest::Disks::Linked;
        return told(QStringLiteral("clone %1 %2%3")
                        .arg(info.id.key, request.name, isLinked ? QStringLiteral(" linked") : QString()));
    }
    std::unique_ptr<Job> screenshot(const WorkloadInfo& info, std::shared_ptr<QByteArray> /*png*/) override
    {
        return told(QStringLiteral("screenshot ") + info.id.key);
    }

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
        bench.settings.setValue(setting::kConfirmForceOff, false);
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

    void savesToAFileAndGoesOnFromIt()
    {
        Bench bench;
        auto running = makeWorkload(WorkloadKind::Vm, QStringLiteral("win11"));
        auto stopped = makeWorkload(WorkloadKind::Vm, QStringLiteral("old"), WorkloadState::Stopped);
        bench.vms.put(running);
        bench.vms.put(stopped);
        const QString path = bench.world.path(QStringLiteral("memory.saved"));
        MachineActions actions(bench.context, nullptr);
        const auto choose = [&](const WorkloadInfo& info, const char* action, const char* name) {
            actions.setSelection({ info });
            QMenu menu;
            actions.fillContextMenu(menu);
            menu.findChild<QAction*>(QLatin1String(action))->trigger();
            for (QWidget* top : QApplication::topLevelWidgets()) {
                auto* dialog = qobject_cast<QFileDialog*>(top);
                if (dialog != nullptr && dialog->isVisible() && dialog->objectName() == QLatin1String(name)) {
                    Q_EMIT dialog->fileSelected(path);
                    dialog->close();
                }
            }
        };
        choose(running, "machineSaveTo", "saveMachineTo");
        choose(stopped, "machineRestoreFrom", "restoreMachineFrom");
        choose(stopped, "machineSaveTo", "saveMachineTo"); // it is off
        QTRY_COMPARE(bench.vms.log,
            (QStringList{
                QStringLiteral("save key-win11 to ") + path, QStringLiteral("restore key-old from ") + path }));
        actions.setSelection({ running, stopped });
        QMenu menu;
        actions.fillContextMenu(menu);
        QVERIFY(menu.findChild<QAction*>(QStringLiteral("machineSaveTo")) == nullptr);
    }

    void asksBeforeWhatCannotBeTakenBack()
    {
        Bench bench;
        auto running = makeWorkload(WorkloadKind::Vm, QStringLiteral("win11"));
        running.capabilities = Capability::Stop | Capability::ForceOff;
        bench.vms.put(running);
        MachineActions actions(bench.context, nullptr);
        actions.setSelection({ running });
        QMenu menu;
        actions.fillContextMenu(menu);
        auto* reset = menu.findChild<QAction*>(QStringLiteral("machineReset"));
        reset->trigger();
        auto* box = shownBox("machineReset");
        QVERIFY(box != nullptr);
        box->reject();
        reset->trigger();
        box = shownBox("machineReset");
        QVERIFY(box != nullptr && bench.vms.log.isEmpty());
        box->findChild<QCheckBox*>(QStringLiteral("doNotAskAgain"))->setChecked(true);
        actions.setSelection({}); // it is about what it asked about
        box->findChild<QPushButton*>(QStringLiteral("machineResetButton"))->click();
        QTRY_COMPARE(bench.vms.log, QStringList{ QStringLiteral("reset key-win11") });
        QVERIFY(!bench.settings.value(setting::kConfirmForceOff));
    }

    void offersAnInstallationThatWasBrokenOffAgain()
    {
        Bench bench;
        auto half = makeWorkload(WorkloadKind::Vm, QStringLiteral("half"));
        auto whole = makeWorkload(WorkloadKind::Vm, QStringLiteral("whole"));
        half.capabilities = whole.capabilities = Capability::Start;
        bench.vms.put(half);
        bench.vms.put(whole);
        MachineActions actions(bench.context, nullptr);
        actions.setSelection({ whole });
        QMenu menu;
        actions.fillContextMenu(menu);
        QVERIFY(!menu.findChild<QAction*>(QStringLiteral("machineInstall")));
        actions.setSelection({ whole, half });
        QMenu again;
        actions.fillContextMenu(again);
        again.findChild<QAction*>(QStringLiteral("machineInstall"))->trigger();
        QTRY_COMPARE(
            bench.vms.log, (QStringList{ QStringLiteral("installer key-half"), QStringLiteral("start half") }));
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

    void renamesAndClonesOne()
    {
        Bench bench;
        auto stopped = makeWorkload(WorkloadKind::Vm, QStringLiteral("old"));
        stopped.state = WorkloadState::Stopped;
        stopped.imageDigest.clear();
        bench.vms.put(stopped);
        QWidget window;
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window)); // which the dialogs belong to
        MachineActions actions(bench.context, nullptr);
        actions.setSelection({ stopped });
        QMenu menu;
        actions.fillContextMenu(menu);
        ChangeActions changes(bench.context, nullptr); // the entry of all kinds
        changes.setSelection({ stopped });
        changes.rename().trigger();
        part<QInputDialog>("askName").setTextValue(QStringLiteral(" new "));
        part<QInputDialog>("askName").accept();
        menu.findChild<QAction*>(QStringLiteral("machineClone"))->trigger();
        part<QCheckBox>("cloneMachineLinked").setChecked(true);
        part<QPushButton>("cloneMachineAccept").click();
        QTRY_COMPARE(bench.vms.log,
            (QStringList{ QStringLiteral("rename key-old new"), QStringLiteral("clone key-old old-clone linked") }));
    }

private:
    /// Of whatever dialog is open.
    template <typename Widget>
    static Widget& part(const char* name)
    {
        Widget* found = nullptr;
        for (QWidget* widget : QApplication::allWidgets()) {
            if (widget->objectName() == QLatin1String(name))
                found = qobject_cast<Widget*>(widget);
        }
        return *found;
    }

    static QMessageBox* shownBox(const char* name)
    {
        for (QWidget* window : QApplication::topLevelWidgets()) {
            if (auto* box = qobject_cast<QMessageBox*>(window);
                box != nullptr && box->isVisible() && box->objectName() == QLatin1String(name))
                return box;
        }
        return nullptr;
    }

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
