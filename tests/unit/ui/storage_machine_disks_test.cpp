// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/context_world.h"
#include "ui/networks/machine_network_model.h"
#include "ui/storage/machine_disks.h"
#include "ui/storage/pool_list_model.h"
#include "ui/storage/pool_volume_model.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/list_view.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

using namespace twinhull;

namespace {

/// Pools that the test puts there; it writes down what it was asked.
class NotedStorage : public MachineStorage {
public:
    std::vector<MachinePool> pools;
    QStringList log;
    VolumeWish lastVolume;

    std::unique_ptr<Job> readPools(const QStringList&, std::shared_ptr<std::vector<MachinePool>> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("read"), [this, into = std::move(into)]() -> Result<> {
            *into = pools;
            return {};
        });
    }
    std::unique_ptr<Job> readPoolKinds(std::shared_ptr<std::vector<PoolKind>> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("kinds"), [into = std::move(into)]() -> Result<> {
            *into = { { QStringLiteral("dir"), QStringLiteral("Folder"),
                          { { QStringLiteral("target"), QStringLiteral("Folder"), QStringLiteral("/srv"), true } } },
                { QStringLiteral("zfs"), QStringLiteral("ZFS pool"), {}, false } };
            return {};
        });
    }
    std::unique_ptr<Job> createPool(const PoolWish& wish) override
    {
        return noted(
            QStringLiteral("create %1 %2 %3").arg(wish.name, wish.type, wish.fields.value(QStringLiteral("target"))));
    }
    std::unique_ptr<Job> changePool(const QString& name, PoolChange change) override
    {
        return noted(QStringLiteral("change %1 %2").arg(name).arg(static_cast<int>(change)));
    }
    std::unique_ptr<Job> readDefinition(const QString& name, std::shared_ptr<NamedDefinition> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("read"), [name, into = std::move(into)]() -> Result<> {
            into->definedXml = "<pool>\n  <name>" + name.toUtf8() + "</name>\n</pool>\n";
            return {};
        });
    }
    std::unique_ptr<Job> define(
        const QString& name, const NewDefinition& definition, std::shared_ptr<DefinitionOutcome> into) override
    {
        return std::make_unique<test::InstantJob>(
            QStringLiteral("define"), [this, name, definition, into = std::move(into)]() -> Result<> {
                if (definition.xml.contains("teapot"))
                    return Error{ ErrorCode::InvalidArgument, "define: line 2: <teapot> is not allowed there", 0, {} };
                into->pendingReason = QStringLiteral("it runs");
                log << QStringLiteral("define %1: %2").arg(name, QString::fromUtf8(definition.xml));
                return {};
            });
    }
    std::unique_ptr<Job> createVolume(const VolumeWish& wish) override
    {
        lastVolume = wish;
        return noted(QStringLiteral("create volume ") + wish.name.name);
    }
    std::unique_ptr<Job> resizeVolume(const VolumeName& volume, std::uint64_t bytes, ShrinkRule) override
    {
        return noted(QStringLiteral("resize %1 %2").arg(volume.name).arg(bytes));
    }
    std::unique_ptr<Job> cloneVolume(const VolumeName& from, const VolumeName& to, const QString&) override
    {
        return noted(QStringLiteral("clone %1 %2").arg(from.name, to.name));
    }
    std::unique_ptr<Job> uploadVolume(const VolumeName& to, const QString&) override { return noted(to.name); }
    std::unique_ptr<Job> downloadVolume(const VolumeName& volume, const QString&) override
    {
        return noted(volume.name);
    }
    std::unique_ptr<Job> wipeVolume(const VolumeName& volume) override
    {
        return noted(QStringLiteral("wipe ") + volume.name);
    }
    std::unique_ptr<Job> deleteVolume(const VolumeName& volume, VolumeUse) override
    {
        return noted(QStringLiteral("delete ") + volume.name);
    }

private:
    std::unique_ptr<Job> noted(const QString& what)
    {
        return std::make_unique<test::InstantJob>(what, [this, what]() -> Result<> {
            log << what;
            return {};
        });
    }
};

class ProviderWithStorage : public test::FakeProvider, public HasMachineStorage {
public:
    ProviderWithStorage() : FakeProvider(WorkloadKind::Vm) { }
    MachineStorage& storage() override { return noted; }

    NotedStorage noted;
};

MachineVolume diskOf(const char* name, std::vector<MachineVolumeUser> users)
{
    return { QStringLiteral("disks"), QString::fromLatin1(name), QStringLiteral("/srv/") + QString::fromLatin1(name),
        QStringLiteral("file"), QStringLiteral("qcow2"), {}, std::uint64_t{ 20 } << 30U, 1 << 20, std::move(users) };
}

MachinePool twoDisks()
{
    MachinePool pool;
    pool.name = QStringLiteral("disks");
    pool.type = QStringLiteral("dir");
    pool.isRunning = true;
    pool.capacityBytes = std::uint64_t{ 100 } << 30U;
    pool.availableBytes = std::uint64_t{ 40 } << 30U;
    pool.trouble = QStringLiteral("machines run as qemu, who may not enter /srv");
    pool.nextStep = QStringLiteral("setfacl -m u:qemu:x '/srv'");
    pool.volumes = { diskOf("free", {}),
        diskOf("web", { { QStringLiteral("web"), QStringLiteral("disk vda"), QStringLiteral("vda"), true } }) };
    return pool;
}

}

/// The machines' half of the Storage page, by what a person does there.
class StorageMachineDisksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void modelsAreSound()
    {
        PoolListModel pools;
        PoolVolumeModel volumes;
        MachineNetworkModel networks;
        const QAbstractItemModelTester one(&pools, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester two(&volumes, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester three(&networks, QAbstractItemModelTester::FailureReportingMode::QtTest);
        MachinePool stopped;
        stopped.name = QStringLiteral("old");
        pools.setPools({ twoDisks(), stopped });
        QCOMPARE(pools.index(0, PoolListModel::Free).data().toString(), QStringLiteral("40 GiB of 100 GiB"));
        QCOMPARE(pools.index(1, PoolListModel::Free).data().toString(), QStringLiteral("needs it to run"));
        volumes.setVolumes(twoDisks().volumes);
        QCOMPARE(volumes.index(0, PoolVolumeModel::Users).data().toString(), QStringLiteral("nobody"));
        QCOMPARE(volumes.index(1, PoolVolumeModel::Users).data().toString(), QStringLiteral("web (disk vda, runs)"));
        MachineNetwork network;
        network.name = QStringLiteral("lab");
        network.mode = QStringLiteral("nat");
        networks.setNetworks({ network });
        QCOMPARE(networks.index(0, MachineNetworkModel::Kind).data().toString(), QStringLiteral("NAT"));
        QCOMPARE(networks.index(0, MachineNetworkModel::State).data().toString(), QStringLiteral("stopped"));
    }

    void showsWhatIsInTheChosenPool()
    {
        Bench bench;
        QVERIFY(!bench.action("poolVolumesCreate")->isEnabled()); // none is chosen
        bench.choose("poolsList", 0);
        QCOMPARE(bench.list("poolVolumesList")->model()->rowCount(), 2);
        auto* trouble = bench.disks.findChild<QLabel*>(QStringLiteral("poolTrouble"));
        QCOMPARE(trouble->text(), QStringLiteral("Machines run as qemu, who may not enter /srv."));
        bench.disks.findChild<QPushButton*>(QStringLiteral("poolLetIn"))->click();
        QTRY_COMPARE(bench.machines.noted.log,
            QStringList{ QStringLiteral("change disks %1").arg(static_cast<int>(PoolChange::LetIn)) });
        bench.choose("poolVolumesList", 1); // which a running machine uses
        for (const char* name : { "poolVolumesDelete", "poolVolumesWipe", "poolVolumesClone", "poolVolumesDownload" }) {
            QVERIFY2(!bench.action(name)->isEnabled(), name);
            QVERIFY2(bench.action(name)->toolTip().contains(QStringLiteral("web")), name);
        }
        QVERIFY(bench.action("poolVolumesResize")->isEnabled());
        bench.choose("poolVolumesList", 0);
        QVERIFY(bench.action("poolVolumesDelete")->isEnabled());
    }

    void makesAPoolOfAKind()
    {
        Bench bench;
        auto* kinds = bench.action("poolsCreate")->menu();
        QCOMPARE(kinds->actions().size(), 2);
        QVERIFY(!kinds->actions()[1]->isEnabled()); // this libvirt has none
        kinds->actions()[0]->trigger();
        auto* dialog = bench.disks.findChild<QDialog*>(QStringLiteral("poolDialog"));
        type(*dialog, "poolDialogName", QStringLiteral("new one"));
        QVERIFY(!accept(*dialog)->isEnabled()); // the folder is missing
        type(*dialog, "poolDialogtarget", QStringLiteral("/srv/x"));
        const QString command = dialog->findChild<QLabel*>(QStringLiteral("poolDialogText"))->text();
        QCOMPARE(command, QStringLiteral("twinhullctl pool create 'new one' dir target=/srv/x"));
        accept(*dialog)->click();
        QTRY_COMPARE(bench.machines.noted.log, QStringList{ QStringLiteral("create new one dir /srv/x") });
    }

    void definesAPoolAnewAndSaysThatItIsPending()
    {
        Bench bench;
        QVERIFY(!bench.action("poolsXml")->isEnabled()); // none is chosen
        bench.choose("poolsList", 0);
        bench.action("poolsXml")->trigger();
        QTRY_VERIFY(bench.disks.findChild<QDialog*>(QStringLiteral("definitionDialog")) != nullptr);
        auto* dialog = bench.disks.findChild<QDialog*>(QStringLiteral("definitionDialog"));
        auto* text = dialog->findChild<QPlainTextEdit*>(QStringLiteral("definitionText"));
        auto* next = dialog->findChild<QPushButton*>(QStringLiteral("definitionNext"));
        auto* word = dialog->findChild<QLabel*>(QStringLiteral("definitionWord"));
        QVERIFY(text->toPlainText().contains(QStringLiteral("<name>disks</name>")));
        const auto defineIt = [&](const QString& xml) {
            text->setPlainText(xml);
            next->click(); // shows what changed
            next->click();
        };
        defineIt(QStringLiteral("<pool>\n  <teapot/>\n</pool>"));
        QTRY_VERIFY(word->text().startsWith(QStringLiteral("Line 2: <teapot>")));
        QVERIFY(bench.machines.noted.log.isEmpty());
        defineIt(QStringLiteral("<pool>\n  <name>disks</name>\n  <source/>\n</pool>"));
        QTRY_COMPARE(bench.machines.noted.log.size(), 1);
        QVERIFY(bench.machines.noted.log[0].startsWith(QStringLiteral("define disks: <pool>")));
        QTRY_VERIFY2(word->text().contains(QStringLiteral("pending: it runs")), qPrintable(word->text()));
        QVERIFY(next->isHidden());
    }

    void makesAndDeletesDisks()
    {
        Bench bench;
        bench.choose("poolsList", 0);
        bench.action("poolVolumesCreate")->trigger();
        auto* dialog = bench.disks.findChild<QDialog*>(QStringLiteral("poolVolumeDialog"));
        type(*dialog, "poolVolumeDialogName", QStringLiteral("db.qcow2"));
        type(*dialog, "poolVolumeDialogSize", QStringLiteral("lots"));
        QVERIFY(!accept(*dialog)->isEnabled());
        type(*dialog, "poolVolumeDialogSize", QStringLiteral("8G"));
        accept(*dialog)->click();
        QTRY_COMPARE(bench.machines.noted.lastVolume.capacityBytes, std::uint64_t{ 8 } << 30U);
        QCOMPARE(bench.machines.noted.lastVolume.name.pool, QStringLiteral("disks"));
        bench.choose("poolVolumesList", 0);
        bench.action("poolVolumesDelete")->trigger();
        auto* box = bench.disks.findChild<QMessageBox*>();
        QVERIFY(box->informativeText().contains(QStringLiteral("No machine uses it")));
        for (auto* button : box->buttons()) {
            if (box->buttonRole(button) == QMessageBox::DestructiveRole)
                button->click();
        }
        QTRY_VERIFY(bench.machines.noted.log.contains(QStringLiteral("delete free")));
    }

    void saysWhyThereIsNothing()
    {
        test::ContextWorld world; // its providers have no storage
        MachineDisks disks(world.context);
        disks.refresh();
        bool isSaid = false;
        for (const auto* label : disks.findChildren<QLabel*>())
            isSaid = isSaid
                || label->text() == errorParagraph({ ErrorCode::Unavailable, "libvirt is not connected yet", 0, {} });
        QVERIFY(isSaid);
    }

private:
    static void type(const QDialog& dialog, const char* name, const QString& text)
    {
        auto* line = dialog.findChild<QLineEdit*>(QLatin1String(name));
        QVERIFY2(line != nullptr, name);
        line->setText(text);
    }
    static QPushButton* accept(const QDialog& dialog)
    {
        return dialog.findChild<QPushButton*>(dialog.objectName() + QStringLiteral("Accept"));
    }

    struct Bench {
        test::TemporaryWorld world;
        Settings settings{ world.folders() };
        ImageStore images{ world.folders() };
        ProviderWithStorage machines;
        WorkloadRegistry registry;
        MetricRings rings;
        Twins twins{ registry, images };
        JobQueue jobs;
        AppContext context{ registry, jobs, images, rings, twins, settings, world.folders() };
        MachineDisks disks{ (registry.add(&machines), context) };

        Bench()
        {
            machines.noted.pools = { twoDisks() };
            disks.refresh();
        }
        QAction* action(const char* name) const { return disks.findChild<QAction*>(QLatin1String(name)); }
        ListView* list(const char* name) const { return disks.findChild<ListView*>(QLatin1String(name)); }
        void choose(const char* name, int row) const { list(name)->selectRow(row); }
    };
};

QTEST_MAIN(StorageMachineDisksTest)
#include "storage_machine_disks_test.moc"
