// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_store.h"
#include "core/jobs/job_queue.h"
#include "core/metrics/metric_rings.h"
#include "core/settings/settings.h"
#include "core/twin/twins.h"
#include "core/workload/machine_making.h"
#include "core/workload/start_room.h"
#include "core/workload/workload_checkpoint.h"
#include "core/workload/workload_commit.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temporary_world.h"
#include "ui/images/prune_dialog.h"
#include "ui/images/remove_images.h"
#include "ui/widgets/fields_dialog.h"
#include "ui/widgets/workload_text.h"
#include "ui/workloads/bin_dialog.h"
#include "ui/workloads/limits_dialog.h"
#include "ui/workloads/undo_bar.h"
#include "ui/workloads/workload_actions.h"

#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>
#include <QTreeWidget>

using namespace twinhull;
using test::FakeProvider;
using test::InstantJob;
using test::makeWorkload;

namespace {

/// One whose workloads can be changed; it writes down what it was asked.
class ChangingProvider : public FakeProvider,
                         public WorkloadChanges,
                         public WorkloadBin,
                         public WorkloadCommit,
                         public WorkloadCheckpoint {
public:
    ChangingProvider() : FakeProvider(WorkloadKind::Container) { }

    std::unique_ptr<Job> kill(const WorkloadId& id, int signalNumber) override
    {
        return noted(QStringLiteral("kill %1 %2").arg(signalNumber).arg(id.key));
    }
    std::unique_ptr<Job> rename(const WorkloadId& id, const QString& name) override
    {
        return noted(QStringLiteral("rename %1 %2").arg(id.key, name));
    }
    Result<WorkloadPlan> planOf(const WorkloadId& id) const override
    {
        if (!outcome)
            return outcome.error();
        WorkloadPlan plan;
        plan.source = ImageSource{ QStringLiteral("of ") + id.key };
        return plan;
    }
    std::unique_ptr<Job> duplicate(const WorkloadId& id, const QString& name) override
    {
        return noted(QStringLiteral("duplicate %1 %2").arg(id.key, name));
    }
    std::unique_ptr<Job> update(const WorkloadId& id, const WorkloadChange& change) override
    {
        lastChange = change;
        return noted(QStringLiteral("update %1").arg(id.key));
    }
    std::unique_ptr<Job> discard(const WorkloadId& id) override
    {
        return noted(QStringLiteral("discard %1").arg(id.key));
    }
    std::unique_ptr<Job> restore(const WorkloadId& id) override
    {
        return noted(QStringLiteral("restore %1").arg(id.key));
    }

    std::unique_ptr<Job> listBin(std::shared_ptr<std::vector<BinnedWorkload>> found) override
    {
        return std::make_unique<InstantJob>(QStringLiteral("list"), [this, found] {
            *found = binned;
            return binFailure ? Result<>(*binFailure) : Result<>();
        });
    }
    std::unique_ptr<Job> removeForGood(const WorkloadId& id) override
    {
        std::erase_if(binned, [&id](const BinnedWorkload& each) { return each.id == id; });
        return noted(QStringLiteral("remove %1").arg(id.key));
    }
    std::unique_ptr<Job> commit(const WorkloadId& id, const CommitRequest& request, std::shared_ptr<QString>) override
    {
        lastCommit = request;
        return noted(QStringLiteral("commit %1").arg(id.key));
    }

    Result<> canCheckpoint() const override { return checkpointing; }
    std::unique_ptr<Job> checkpoint(const WorkloadId& id, const CheckpointChoice& choice) override
    {
        lastChoice = choice;
        return noted(QStringLiteral("checkpoint %1").arg(id.key));
    }
    std::unique_ptr<Job> restoreCheckpoint(const WorkloadId& id, AfterRestore) override
    {
        return noted(QStringLiteral("restore checkpoint of %1").arg(id.key));
    }

    Result<> checkpointing;
    CheckpointChoice lastChoice;
    WorkloadChange lastChange;
    CommitRequest lastCommit;
    std::vector<BinnedWorkload> binned;
    std::optional<Error> binFailure;

private:
    std::unique_ptr<Job> noted(const QString& what)
    {
        return std::make_unique<InstantJob>(what, [this, what] {
            log << what;
            return outcome;
        });
    }
};

/// Whose machines do not fit, where the test says so.
class ShortProvider : public FakeProvider, public HasMachineMaking, public MachineMaking {
public:
    ShortProvider() : FakeProvider(WorkloadKind::Vm) { }

    MachineMaking& making() override { return *this; }
    std::unique_ptr<Job> advise(const MachineImport&, const QString&, std::shared_ptr<MachineAdvice>) override
    {
        return nullptr;
    }
    std::unique_ptr<Job> describe(const MachineImport&, std::shared_ptr<QByteArray>) override { return nullptr; }
    std::unique_ptr<Job> make(const MachineImport&) override { return nullptr; }
    std::unique_ptr<Job> listSystems(std::shared_ptr<std::vector<KnownOs>>) override { return nullptr; }
    QString warningAtStart(const std::vector<WorkloadInfo>& workloads) const override
    {
        return startWarning(workloads, availableBytes);
    }

    std::uint64_t availableBytes = 0;
};

} // namespace

class ChangeActionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_bench = std::make_unique<Bench>();
        m_bench->containers.put(makeWorkload(WorkloadKind::Container, QStringLiteral("web")));
        m_bench->settings.setValue(setting::kConfirmRemove, false);
        m_actions = std::make_unique<WorkloadActions>(m_bench->context, &m_bench->window);
        m_actions->setSelection(m_bench->containers.workloads());
    }

    void cleanup()
    {
        m_actions.reset();
        m_bench.reset();
    }

    void restartsByStoppingAndStarting()
    {
        m_actions->changes().restart().trigger();
        QTRY_COMPARE(m_bench->containers.log, (QStringList{ QStringLiteral("stop web"), QStringLiteral("start web") }));
    }

    void sendsSignalsFromTheMenu()
    {
        QMenu menu;
        m_actions->fillContextMenu(menu);
        auto* signalMenu = menu.findChild<QMenu*>(QStringLiteral("signals"));
        QVERIFY(signalMenu && signalMenu->isEnabled());
        for (auto* action : signalMenu->actions()) {
            if (action->text() == QLatin1String("SIGHUP"))
                action->trigger();
        }
        QTRY_COMPARE(m_bench->containers.log, QStringList(QStringLiteral("kill 1 key-web")));
    }

    void asksForANewName()
    {
        m_actions->changes().rename().trigger();
        auto* dialog = m_bench->window.findChild<QInputDialog*>(QStringLiteral("askName"));
        QVERIFY(dialog);
        QCOMPARE(dialog->textValue(), QStringLiteral("web"));
        dialog->setTextValue(QStringLiteral("www"));
        dialog->accept();
        QTRY_COMPARE(m_bench->containers.log, QStringList(QStringLiteral("rename key-web www")));
    }

    void wantsTheSheetForASecondOne()
    {
        QString image;
        QString likeness;
        connect(&m_actions->changes(), &ChangeActions::duplicateRequested, this,
            [&](const WorkloadPlan& plan, const QString& name) {
                image = std::get<ImageSource>(plan.source).reference;
                likeness = name;
            });
        m_actions->changes().duplicate().trigger();
        QCOMPARE(image, QStringLiteral("of key-web"));
        QCOMPARE(likeness, QStringLiteral("web"));
        m_actions->setSelection({});
        QVERIFY(!m_actions->changes().duplicate().isEnabled());
    }

    void saysWhyThereIsNoSheetForASecondOne()
    {
        m_bench->containers.outcome = Error{ ErrorCode::Corrupt, "its settings cannot be read", 0, {} };
        m_actions->changes().duplicate().trigger();
        QTRY_COMPARE(m_bench->jobs.jobs().size(), std::size_t{ 1 });
        const Job& told = *m_bench->jobs.jobs().front();
        QTRY_COMPARE(told.state(), Job::State::Failed);
        QCOMPARE(told.result().error().message, std::string("its settings cannot be read"));
    }

    void makesCheckpointsAndGoesOnFromThem()
    {
        auto running = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        running.capabilities |= Capability::Checkpoint;
        auto saved = makeWorkload(WorkloadKind::Container, QStringLiteral("old"), WorkloadState::Stopped);
        saved.capabilities |= Capability::RestoreCheckpoint;
        m_actions->setSelection({ running, saved });
        QMenu menu;
        m_actions->fillContextMenu(menu);
        itemOf(menu, "restoreCheckpoint")->trigger();
        QTRY_COMPARE(m_bench->containers.log, QStringList(QStringLiteral("restore checkpoint of key-old")));
        itemOf(menu, "checkpoint")->trigger();
        auto* dialog = m_bench->window.findChild<FieldsDialog*>(QStringLiteral("checkpointDialog"));
        QVERIFY(dialog && dialog->windowTitle().contains(u"web"));
        dialog->findChild<QAbstractButton*>(QStringLiteral("checkpointDialogRunsOn"))->click();
        dialog->findChild<QPushButton*>(QStringLiteral("checkpointDialogAccept"))->click();
        QTRY_COMPARE(m_bench->containers.log.last(), QStringLiteral("checkpoint key-web"));
        QVERIFY(m_bench->containers.lastChoice == (CheckpointChoice{ true, false, false, false }));
        QVERIFY(menu.actions().last() == &m_actions->remove()); // Delete stays last
    }

    void saysWhyThereCanBeNoCheckpoint()
    {
        auto running = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        running.capabilities |= Capability::Checkpoint;
        m_actions->setSelection({ running });
        m_bench->containers.checkpointing
            = Error{ ErrorCode::Unavailable, "criu is not installed", 0, "sudo apt install criu" };
        QMenu menu;
        m_actions->fillContextMenu(menu);
        auto* item = itemOf(menu, "checkpoint");
        QVERIFY(!item->isEnabled());
        QVERIFY2(item->text().contains(u"criu is not installed"), qPrintable(item->text()));
        QVERIFY(item->toolTip().contains(u"sudo apt install criu"));
    }

    void changesOnlyTheLimitsThatAreOther()
    {
        auto info = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        info.limits = { std::uint64_t{ 256 } << 20U, 1.5, 100U };
        m_actions->setSelection({ info });
        m_actions->changes().limits().trigger();
        auto* dialog = m_bench->window.findChild<LimitsDialog*>();
        QVERIFY(dialog);
        auto* memory = dialog->findChild<QLineEdit*>(QStringLiteral("limitsMemory"));
        auto* apply = dialog->findChild<QPushButton*>(QStringLiteral("limitsApply"));
        QCOMPARE(memory->text(), QStringLiteral("256M"));
        memory->setText(QStringLiteral("much"));
        QVERIFY(!apply->isEnabled());
        memory->setText({});
        apply->click();
        QTRY_COMPARE(m_bench->containers.log, QStringList(QStringLiteral("update key-web")));
        const WorkloadChange& change = m_bench->containers.lastChange;
        QCOMPARE(change.memoryBytes, std::optional<std::uint64_t>(0));
        QVERIFY(!change.cpus && !change.pids && !change.restart);
    }

    void deletedOnesCanBeBroughtBack()
    {
        UndoBar bar(m_bench->context, &m_bench->window);
        connect(m_actions.get(), &WorkloadActions::discarded, &bar, &UndoBar::offer);
        QVERIFY(bar.isHidden());
        m_actions->remove().trigger();
        QTRY_VERIFY(!bar.isHidden());
        bar.findChild<QPushButton*>(QStringLiteral("undo"))->click();
        QTRY_COMPARE(m_bench->containers.log,
            (QStringList{ QStringLiteral("discard key-web"), QStringLiteral("restore key-web") }));
        QVERIFY(bar.isHidden());
    }

    void whatCouldNotBeDeletedOffersNoUndo()
    {
        UndoBar bar(m_bench->context, &m_bench->window);
        connect(m_actions.get(), &WorkloadActions::discarded, &bar, &UndoBar::offer);
        m_bench->containers.outcome = Error{ ErrorCode::Busy, "busy", 0, {} };
        m_actions->remove().trigger();
        QTRY_COMPARE(m_bench->containers.log.size(), 1);
        QVERIFY(bar.isHidden());
    }

    void whatTheBinCannotKeepIsAskedAboutAgain_data()
    {
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("never") << ErrorCode::Unsupported;
        QTest::newRow("with a full disk") << ErrorCode::OutOfSpace;
    }

    void whatTheBinCannotKeepIsAskedAboutAgain()
    {
        QFETCH(ErrorCode, code);
        m_bench->containers.outcome = Error{ code, "its disks are elsewhere", 0, {} };
        m_actions->remove().trigger();
        const QString name = QStringLiteral("confirmRemoveForGood");
        QTRY_VERIFY(m_bench->window.findChild<QMessageBox*>(name));
        auto* box = m_bench->window.findChild<QMessageBox*>(name);
        QVERIFY(box->informativeText().startsWith(u"Its disks are elsewhere."));
        QCOMPARE(m_bench->containers.log, QStringList(QStringLiteral("discard key-web")));
        box->findChild<QPushButton*>(name + QStringLiteral("Button"))->click();
        QTRY_COMPARE(m_bench->containers.log.last(), QStringLiteral("remove web"));
    }

    void asksHowTheImageIsCalled()
    {
        m_actions->changes().commit().trigger();
        auto* dialog = m_bench->window.findChild<FieldsDialog*>(QStringLiteral("commitDialog"));
        QVERIFY(dialog);
        auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("commitDialogName"));
        QVERIFY(name);
        QCOMPARE(name->text(), QStringLiteral("web:latest"));
        name->setText(QStringLiteral("Not A Name"));
        name->setText(QStringLiteral("team/web:2"));
        dialog->findChild<QLineEdit*>(QStringLiteral("commitDialogAuthor"))->setText(QStringLiteral("Ada"));
        dialog->accept();
        Q_EMIT dialog->chosen(dialog->values());
        QTRY_VERIFY(m_bench->containers.log.contains(QStringLiteral("commit key-web")));
        QCOMPARE(m_bench->containers.lastCommit.reference, QStringLiteral("team/web:2"));
        QCOMPARE(m_bench->containers.lastCommit.author, QStringLiteral("Ada"));
    }

    void theBinBringsBackAndRemoves()
    {
        const auto now = QDateTime::currentDateTime();
        for (const char* key : { "one", "two" })
            m_bench->containers.binned.push_back(
                { { WorkloadKind::Container, QLatin1String(key) }, QLatin1String(key), now, now.addDays(7) });
        m_actions->changes().bin().trigger();
        auto* dialog = m_bench->window.findChild<BinDialog*>();
        QVERIFY(dialog);
        auto* list = dialog->findChild<QTreeWidget*>(QStringLiteral("binList"));
        QTRY_COMPARE(list->topLevelItemCount(), 2);
        dialog->findChild<QPushButton*>(QStringLiteral("binRestore"))->click();
        QTRY_COMPARE(m_bench->containers.log, QStringList(QStringLiteral("restore one")));
        QTRY_COMPARE(list->topLevelItemCount(), 2);
        list->clearSelection();
        QVERIFY(!dialog->findChild<QPushButton*>(QStringLiteral("binRemove"))->isEnabled());
        list->topLevelItem(1)->setSelected(true);
        dialog->findChild<QPushButton*>(QStringLiteral("binRemove"))->click();
        auto* box = dialog->findChild<QMessageBox*>(QStringLiteral("confirmBinRemove"));
        QVERIFY(box && box->text().contains(u"two") && !box->text().contains(u"one"));
        dialog->findChild<QPushButton*>(QStringLiteral("binRestore"))->click(); // the list is made anew when that ends
        QTRY_VERIFY(list->topLevelItem(0) != nullptr && list->topLevelItem(0)->isSelected());
        box->findChild<QPushButton*>(QStringLiteral("confirmBinRemoveButton"))->click();
        QTRY_COMPARE(m_bench->containers.log.last(), QStringLiteral("remove two"));
        QTRY_COMPARE(list->topLevelItemCount(), 1);
    }

    void anEmptyBinSaysSo()
    {
        BinDialog dialog(m_bench->context);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        QTRY_VERIFY(dialog.findChild<QLabel*>(QStringLiteral("binText"))->text().startsWith(u"Nothing is in the bin"));
        QVERIFY(!dialog.findChild<QPushButton*>(QStringLiteral("binRestore"))->isEnabled());
    }

    /// Nobody knows then what it needs.
    void aBinThatCannotBeReadIsNotEmpty()
    {
        m_bench->containers.binFailure = Error{ ErrorCode::Io, "look into the bin: its disk fails", 0, {} };
        BinDialog dialog(m_bench->context);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        QTRY_VERIFY(dialog.findChild<QLabel*>(QStringLiteral("binText"))->text().contains(u"its disk fails"));
        ImageInfo image;
        image.digest = QStringLiteral("sha256:") + QString(64, u'a');
        askToRemoveImages(m_bench->context, m_bench->window, { image });
        QTRY_VERIFY(m_bench->window.findChild<QMessageBox*>(QStringLiteral("binNotKnown")));
        QVERIFY(!m_bench->window.findChild<QMessageBox*>(QStringLiteral("removeImages")));
        m_bench->window.findChild<QMessageBox*>(QStringLiteral("binNotKnown"))->close();
        PruneDialog prune(m_bench->context);
        prune.setAttribute(Qt::WA_DeleteOnClose, false);
        QTRY_VERIFY(prune.findChild<QLabel*>(QStringLiteral("pruneText"))->text().contains(u"its disk fails"));
        QVERIFY(!prune.findChild<QPushButton*>(QStringLiteral("pruneAccept"))->isEnabled());
    }

    void asksBeforeItStartsWhatDoesNotFit()
    {
        auto info = makeWorkload(WorkloadKind::Vm, QStringLiteral("big"), WorkloadState::Stopped);
        info.limits.memoryBytes = std::uint64_t{ 8 } << 30U;
        m_bench->vms.put(info);
        m_actions->setSelection({ info });
        const auto box = [this] { return m_bench->window.findChild<QMessageBox*>(QStringLiteral("confirmStart")); };
        m_actions->start().trigger();
        QVERIFY(box() && box()->informativeText().contains(QStringLiteral("big may take 8 GiB")));
        box()->button(QMessageBox::Cancel)->click();
        QTRY_VERIFY(!box());
        QVERIFY(m_bench->vms.log.isEmpty());
        m_actions->start().trigger();
        QVERIFY(box());
        box()->findChild<QPushButton*>(QStringLiteral("confirmStartButton"))->click();
        QTRY_COMPARE(m_bench->vms.log, QStringList{ QStringLiteral("start big") });
        QTRY_VERIFY(!box());
        m_bench->vms.availableBytes = std::uint64_t{ 8 } << 30U;
        m_actions->start().trigger();
        QVERIFY(!box());
        QTRY_COMPARE(m_bench->vms.log.size(), 2);
    }

    void asksBeforeAMachineOfItsOwnSystemIsForcedOff()
    {
        auto machine = makeWorkload(WorkloadKind::Vm, QStringLiteral("win11"));
        machine.imageDigest.clear();
        m_bench->vms.put(machine);
        m_actions->setSelection({ machine });
        const auto box = [this] { return m_bench->window.findChild<QMessageBox*>(QStringLiteral("confirmForceOff")); };
        m_actions->forceOff().trigger();
        QVERIFY(box() && m_bench->vms.log.isEmpty());
        m_actions->setSelection(m_bench->containers.workloads()); // as where the list chooses another row meanwhile
        box()->findChild<QPushButton*>(QStringLiteral("confirmForceOffButton"))->click();
        QVERIFY(m_bench->containers.log.isEmpty());
        QTRY_COMPARE(m_bench->vms.log, QStringList{ QStringLiteral("force off win11") });
        QTRY_VERIFY(!box());
        m_actions->setSelection(m_bench->containers.workloads()); // what these have not written is their image's again
        m_actions->forceOff().trigger();
        QVERIFY(!box());
        QTRY_COMPARE(m_bench->containers.log, QStringList{ QStringLiteral("force off web") });
    }

    void saysWhatIsUnhealthyOrWaits()
    {
        auto info = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
        QCOMPARE(stateText(info), QStringLiteral("running"));
        info.health = Health::Unhealthy;
        QCOMPARE(stateText(info), QStringLiteral("unhealthy"));
        info.restartAt = QDateTime::currentDateTime();
        QCOMPARE(stateText(info), QStringLiteral("restarting"));
        auto saved = makeWorkload(WorkloadKind::Container, QStringLiteral("old"), WorkloadState::Stopped);
        saved.isCheckpointed = true;
        QCOMPARE(stateText(saved), QStringLiteral("saved"));
    }

private:
    static QAction* itemOf(const QMenu& menu, const char* name)
    {
        return menu.findChild<QAction*>(QLatin1String(name));
    }

    struct Bench {
        test::TemporaryWorld world;
        Settings settings{ world.folders() };
        ImageStore images{ world.folders() };
        WorkloadRegistry registry;
        MetricRings rings;
        Twins twins{ registry, images };
        ChangingProvider containers;
        ShortProvider vms;
        JobQueue jobs;
        AppContext context{ registry, jobs, images, rings, twins, settings, world.folders() };
        QWidget window;

        Bench()
        {
            registry.add(&containers);
            registry.add(&vms);
        }
    };

    std::unique_ptr<Bench> m_bench;
    std::unique_ptr<WorkloadActions> m_actions;
};

QTEST_MAIN(ChangeActionsTest)
#include "workloads_change_actions_test.moc"
