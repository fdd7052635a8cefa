// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/migrate_dialog.h"

#include "core/workload/machine_copies.h"
#include "core/workload/machine_power.h"
#include "core/workload/workload_connection.h"
#include "tests/support/context_world.h"
#include "ui/workloads/machine_actions.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// A host whose machines can migrate; looking ends when the test says so.
class MigratingHost : public FakeProvider,
                      public HasConnection,
                      public HasMachineMigration,
                      public MachineMigration,
                      public HasMachineCopies,
                      public MachineCopies,
                      public HasMachinePower,
                      public MachinePower {
public:
    explicit MigratingHost(QString hostName) : FakeProvider(WorkloadKind::Vm), name(std::move(hostName)) { }

    std::optional<ConnectionStatus> connectionStatus() const override
    {
        return ConnectionStatus{ name, {}, ConnectionStatus::State::Connected, {}, {}, 0 };
    }
    MachineMigration& migration() override { return *this; }
    std::unique_ptr<Job> findObstacles(const WorkloadInfo& machine, MachineMigration& destination,
        const MigrationRequest& request, std::shared_ptr<std::vector<MigrationObstacle>> into) override
    {
        asked << wordsOf("look", machine, destination, request);
        if (request.disks == MigrationRequest::Disks::Shared && hasLocalDisk)
            into->push_back({ QStringLiteral("Its disk is here only."), QStringLiteral("Copy it.") });
        if (isOld)
            into->push_back({ QStringLiteral("QEMU is older there."), QStringLiteral("Update it."),
                MigrationObstacle::Weight::Doubtful });
        auto job = std::make_unique<HeldJob>(QStringLiteral("look"));
        looking = job.get();
        return job;
    }
    std::unique_ptr<Job> migrate(const WorkloadInfo& machine, MachineMigration& destination,
        const MigrationRequest& request, std::shared_ptr<MigrationOutcome> /*outcome*/) override
    {
        return std::make_unique<InstantJob>(
            QStringLiteral("migrate"), [this, what = wordsOf("migrate", machine, destination, request)]() -> Result<> {
                asked << what;
                return {};
            });
    }

    MachineCopies& copies() override { return *this; }
    std::unique_ptr<Job> rename(const WorkloadInfo&, const QString&) override { return nullptr; }
    std::unique_ptr<Job> clone(const WorkloadInfo&, const CloneRequest&) override { return nullptr; }
    std::unique_ptr<Job> screenshot(const WorkloadInfo&, std::shared_ptr<QByteArray>) override { return nullptr; }
    MachinePower& power() override { return *this; }
    std::unique_ptr<Job> reboot(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> reset(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> save(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> discardSaved(const WorkloadId&) override { return nullptr; }
    std::unique_ptr<Job> readAutostart(const WorkloadId&, std::shared_ptr<bool>) override { return nullptr; }
    std::unique_ptr<Job> setAutostart(const WorkloadId&, bool) override { return nullptr; }
    std::unique_ptr<Job> sendKeys(const WorkloadId&, const QStringList&) override { return nullptr; }
    QStringList keyNames() const override { return {}; }

    QString name;
    bool hasLocalDisk = false;
    bool isOld = false;
    QStringList asked;
    QPointer<HeldJob> looking;

private:
    static QString wordsOf(
        const char* verb, const WorkloadInfo& machine, MachineMigration& destination, const MigrationRequest& request)
    {
        const bool isCopied = request.disks == MigrationRequest::Disks::Copied;
        const bool isKept = request.source == MigrationRequest::Source::Kept;
        QStringList words{ QLatin1String(verb), machine.name, dynamic_cast<MigratingHost&>(destination).name };
        words << (isCopied ? QStringLiteral("copied") : QStringLiteral("shared"));
        if (isKept)
            words << QStringLiteral("kept");
        if (!request.pool.isEmpty())
            words << request.pool;
        return words.join(u' ');
    }
};

} // namespace

class MigrateDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<ContextWorld>();
        m_home = std::make_unique<MigratingHost>(QString());
        m_lab = std::make_unique<MigratingHost>(QStringLiteral("lab"));
        m_machine = makeWorkload(WorkloadKind::Vm, QStringLiteral("web"));
        m_machine.imageDigest.clear();
        m_home->put(m_machine);
        m_world->registry.add(m_home.get());
    }

    void cleanup()
    {
        m_world.reset();
        m_home.reset();
        m_lab.reset();
    }

    void isOfferedWhereThereIsAnotherHost()
    {
        MachineActions actions(m_world->context, nullptr);
        actions.setSelection({ m_machine });
        QMenu alone;
        actions.fillContextMenu(alone);
        QVERIFY(alone.findChild<QAction*>(QStringLiteral("machineMigrate")) == nullptr);
        m_world->registry.add(m_lab.get());
        QMenu two;
        actions.fillContextMenu(two);
        QVERIFY(two.findChild<QAction*>(QStringLiteral("machineMigrate"))->isEnabled());
    }

    void waitsForWhatStandsInTheWay()
    {
        m_world->registry.add(m_lab.get());
        m_home->hasLocalDisk = true;
        auto* dialog = new MigrateDialog(m_world->context, m_machine, nullptr);
        const QPointer<MigrateDialog> isOpen(dialog);
        dialog->show();
        auto* accept = dialog->findChild<QPushButton*>(QStringLiteral("migrateAccept"));
        const auto* text = dialog->findChild<QLabel*>(QStringLiteral("migrateText"));
        QCOMPARE(
            dialog->findChild<QComboBox*>(QStringLiteral("migrateDestination"))->currentText(), QStringLiteral("lab"));
        QVERIFY(!accept->isEnabled());
        m_home->looking->end({});
        QVERIFY(!accept->isEnabled());
        QCOMPARE(text->text(), QStringLiteral("Its disk is here only. Copy it."));
        dialog->findChild<QCheckBox*>(QStringLiteral("migrateCopies"))->setChecked(true);
        QCOMPARE(m_home->asked.size(), 2);
        dialog->findChild<QCheckBox*>(QStringLiteral("migrateKept"))->setChecked(true);
        QCOMPARE(m_home->asked.size(), 2); // one at a time, for a host may hang
        m_home->looking->end({});
        QVERIFY(!accept->isEnabled()); // that was of what had been chosen before
        QCOMPARE(m_home->asked.back(), QStringLiteral("look web lab copied kept"));
        m_home->looking->end({});
        QVERIFY2(accept->isEnabled() && text->text().startsWith(u"Nothing stands"), qPrintable(text->text()));
        accept->click();
        QTRY_COMPARE(m_home->asked.back(), QStringLiteral("migrate web lab copied kept"));
        QTRY_VERIFY(isOpen.isNull());
    }

    void letsAPersonTryWhatIsDoubtful()
    {
        m_world->registry.add(m_lab.get());
        m_home->isOld = true;
        m_home->hasLocalDisk = true;
        MigrateDialog dialog(m_world->context, m_machine, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        const auto* accept = dialog.findChild<QPushButton*>(QStringLiteral("migrateAccept"));
        const auto* text = dialog.findChild<QLabel*>(QStringLiteral("migrateText"));
        m_home->looking->end({});
        QVERIFY(!accept->isEnabled());
        QCOMPARE(text->text(), QStringLiteral("Its disk is here only. Copy it.\nQEMU is older there. Update it."));
        dialog.findChild<QCheckBox*>(QStringLiteral("migrateCopies"))->setChecked(true);
        m_home->looking->end({});
        QVERIFY(accept->isEnabled());
        QVERIFY2(text->text().endsWith(u"QEMU is older there. Update it."), qPrintable(text->text()));
    }

    void tellsWhyAHostCannotBeAsked()
    {
        m_world->registry.add(m_lab.get());
        MigrateDialog dialog(m_world->context, m_machine, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        m_home->looking->end(Error{ ErrorCode::Unavailable, "not connected to libvirt", 0, "Knock." });
        const auto* text = dialog.findChild<QLabel*>(QStringLiteral("migrateText"));
        QVERIFY2(text->text().contains(u"Knock."), qPrintable(text->text()));
        QVERIFY(!dialog.findChild<QPushButton*>(QStringLiteral("migrateAccept"))->isEnabled());
    }

private:
    std::unique_ptr<ContextWorld> m_world;
    std::unique_ptr<MigratingHost> m_home;
    std::unique_ptr<MigratingHost> m_lab;
    WorkloadInfo m_machine;
};

QTEST_MAIN(MigrateDialogTest)
#include "workloads_migrate_dialog_test.moc"
