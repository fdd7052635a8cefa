// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/context_world.h"
#include "ui/create/create_dialog.h"
#include "ui/create/equivalent_command.h"

#include "core/workload/machine_making.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

using namespace twinhull;

namespace {

/// Advises what the test says and writes down what it was asked to make.
class MakingProvider : public test::FakeProvider, public HasMachineMaking, public MachineMaking {
public:
    MakingProvider() : FakeProvider(WorkloadKind::Vm) { }

    MachineMaking& making() override { return *this; }
    std::unique_ptr<Job> advise(
        const MachineImport& asked, const QString& systemId, std::shared_ptr<MachineAdvice> into) override
    {
        return std::make_unique<test::InstantJob>(
            QStringLiteral("advise"), [this, asked, systemId, into]() -> Result<> {
                askedMachines.push_back(asked);
                askedSystem = systemId;
                if (!refusal.empty())
                    return Error{ ErrorCode::InvalidArgument, refusal, 0, {} };
                *into = MachineAdvice{ {}, asked, reasons, warnings };
                if (!into->machine.plan.limits.memoryBytes)
                    into->machine.plan.limits.memoryBytes = std::uint64_t{ 3 } << 30U;
                into->machine.hasVirtioDevices = true;
                return {};
            });
    }
    std::unique_ptr<Job> describe(const MachineImport& machine, std::shared_ptr<QByteArray> xml) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("describe"), [machine, xml]() -> Result<> {
            *xml = "<domain><name>" + machine.plan.name.toUtf8() + "</name></domain>";
            return {};
        });
    }
    std::unique_ptr<Job> make(const MachineImport& machine) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("make"), [this, machine]() -> Result<> {
            made.push_back(machine);
            put(test::makeWorkload(WorkloadKind::Vm, machine.plan.name, WorkloadState::Stopped));
            return {};
        });
    }
    std::unique_ptr<Job> listSystems(std::shared_ptr<std::vector<KnownOs>> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("list"), [into]() -> Result<> {
            into->emplace_back();
            into->back().id = QStringLiteral("debian12");
            into->back().name = QStringLiteral("Debian 12");
            return {};
        });
    }

    std::vector<MachineImport> askedMachines;
    QString askedSystem;
    std::vector<MachineImport> made;
    QStringList reasons{ QStringLiteral("Memory 3 GiB: recommended by the system") };
    QStringList warnings;
    std::string refusal;
};

struct MakingWorld {
    test::TemporaryWorld temporary;
    MetricRings rings;
    WorkloadRegistry registry;
    JobQueue jobs;
    ImageStore images{ temporary.folders() };
    Twins twins{ registry, images };
    Settings settings{ temporary.folders() };
    MakingProvider vms;
    AppContext context{ registry, jobs, images, rings, twins, settings, temporary.folders() };

    MakingWorld() { registry.add(&vms); }
};

} // namespace

/// The create sheet for a VM of a medium, a disk or a cloud image.
class CreateMachineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<MakingWorld>();
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("x") == 1);
        m_dialog = std::make_unique<CreateDialog>(m_world->context, NewWorkload::Vm, QString());
        m_dialog->show();
    }

    void cleanup()
    {
        m_dialog.reset();
        m_world.reset();
    }

    void showsWhatTheSystemRecommendsAndWhy()
    {
        m_world->vms.warnings = { QStringLiteral("Its memory is 3 GiB, and 1 GiB is available now") };
        choose(VmSource::Iso);
        QTRY_VERIFY(part<QLabel>("adviceReasons")->text().contains(QStringLiteral("recommended by the system")));
        QVERIFY(part<QLabel>("adviceReasons")->isVisible());
        QVERIFY(part<QLabel>("adviceWarnings")->isVisible());
        QVERIFY(!m_world->vms.askedMachines.back().plan.limits.memoryBytes); // nobody typed one
        QTRY_COMPARE(m_dialog->form().limits.memoryBytes.value_or(0), std::uint64_t{ 3 } << 30U);
    }

    void saysWhyItCannotBeAndOffersNothing()
    {
        m_world->vms.refusal = "the disk has a backing file";
        choose(VmSource::Disk);
        QTRY_VERIFY(part<QLabel>("adviceError")->isVisible());
        QVERIFY(!part<QPushButton>("createAndStart")->isEnabled());
        m_world->vms.refusal.clear();
        part<QComboBox>("firmware")->setCurrentIndex(2);
        QTRY_VERIFY(part<QLabel>("adviceReasons")->text().contains(QStringLiteral("recommended by the system")));
        QVERIFY(part<QLabel>("adviceError")->isHidden());
        QVERIFY(part<QPushButton>("createAndStart")->isEnabled());
        QVERIFY(m_world->vms.askedMachines.back().firmware == MachineFirmware::Uefi);
    }

    void makesWhatWasAdvised()
    {
        choose(VmSource::Iso);
        part<QComboBox>("system")->setEditText(QStringLiteral("Debian 12 (debian12)"));
        QTRY_VERIFY(part<QPushButton>("createAndStart")->isEnabled());
        part<QPushButton>("createAndStart")->click();
        QTRY_COMPARE(m_world->vms.made.size(), std::size_t{ 1 });
        QVERIFY(m_world->vms.made[0].hasVirtioDevices);
        QCOMPARE(m_world->vms.askedSystem, QStringLiteral("debian12"));
        QTRY_COMPARE(m_world->vms.log, QStringList{ QStringLiteral("start disk") });
    }

    void tellsACloudImageWhoMayLogIn()
    {
        choose(VmSource::CloudImage);
        QTRY_VERIFY(!part<QPushButton>("create")->isEnabled()); // nobody
        QFile keys(m_world->temporary.path(QStringLiteral("id.pub")));
        QVERIFY(keys.open(QIODevice::WriteOnly) && keys.write("# mine\nssh-ed25519 AAAA anna\n") > 0);
        keys.close();
        part<QLineEdit>("cloudUser")->setText(QStringLiteral("anna"));
        part<QLineEdit>("cloudKeys")->setText(keys.fileName());
        QTRY_VERIFY(part<QPushButton>("create")->isEnabled());
        part<QPushButton>("create")->click();
        QTRY_COMPARE(m_world->vms.made.size(), std::size_t{ 1 });
        QCOMPARE(m_world->vms.made[0].cloudInit->user, QStringLiteral("anna"));
        QCOMPARE(m_world->vms.made[0].cloudInit->sshKeys, QStringList{ QStringLiteral("ssh-ed25519 AAAA anna") });
    }

    void startsAnInstallerFromAnAddress()
    {
        choose(VmSource::Tree);
        part<QLineEdit>("medium")->setText(QStringLiteral("https://mirror.example/debian/dists/bookworm"));
        part<QLineEdit>("kernelArguments")->setText(QStringLiteral("console=ttyS0"));
        auto* unattended = part<QCheckBox>("unattended");
        QVERIFY(unattended->isVisible() && !part<QLineEdit>("unattendedUser")->isVisible());
        unattended->setChecked(true);
        QTRY_VERIFY(!part<QPushButton>("create")->isEnabled()); // no password
        part<QLineEdit>("unattendedPassword")->setText(QStringLiteral("secret"));
        QTRY_VERIFY(part<QPushButton>("create")->isEnabled());
        part<QPushButton>("create")->click();
        QTRY_COMPARE(m_world->vms.made.size(), std::size_t{ 1 });
        const auto& installer = m_world->vms.made[0].installer;
        QVERIFY(installer && installer->unattended);
        QCOMPARE(installer->location, QStringLiteral("https://mirror.example/debian/dists/bookworm"));
        QCOMPARE(installer->arguments, QStringLiteral("console=ttyS0"));
        QCOMPARE(installer->unattended->password, QStringLiteral("secret"));
    }

    void startsFromTheNetworkWithoutAMedium()
    {
        choose(VmSource::Network);
        QVERIFY(part<QLineEdit>("medium")->isHidden() || !part<QLineEdit>("medium")->isVisible());
        part<QLineEdit>("name")->setText(QStringLiteral("pxe"));
        QTRY_VERIFY(part<QPushButton>("create")->isEnabled());
        part<QPushButton>("create")->click();
        QTRY_COMPARE(m_world->vms.made.size(), std::size_t{ 1 });
        QVERIFY(!m_world->vms.made[0].installer);
        QVERIFY(std::get<IsoSource>(m_world->vms.made[0].plan.source).path.isEmpty());
    }

    void publishesPortsFromQemusOwnNetworkAlone()
    {
        choose(VmSource::Iso);
        part<QLineEdit>("ports")->setText(QStringLiteral("18080:80"));
        auto* network = part<QComboBox>("cardNetwork");
        network->addItem(QStringLiteral("Network lab (nat)"), QStringLiteral("network=lab"));
        network->setCurrentIndex(1);
        const auto isSaid = [this] {
            const auto labels = m_dialog->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
                return label->text().startsWith(QStringLiteral("Ports are published from"));
            });
        };
        QTRY_VERIFY(isSaid());
        QVERIFY(!part<QPushButton>("create")->isEnabled());
        part<QLineEdit>("ports")->clear();
        part<QComboBox>("cardModel")->setCurrentIndex(1);
        QTRY_VERIFY(part<QPushButton>("create")->isEnabled());
        part<QPushButton>("create")->click();
        QTRY_COMPARE(m_world->vms.made.size(), std::size_t{ 1 });
        QVERIFY((m_world->vms.made[0].card
            == MachineCard{ MachineCard::Kind::Network, QStringLiteral("lab"), QStringLiteral("virtio") }));
        QVERIFY(m_world->vms.made[0].pool.isEmpty());
    }

    /// As its label, which the command says in its own word.
    void offersTheMachineOfAVmFromAnImage()
    {
        auto* machine = part<QComboBox>("imageMachine");
        QVERIFY(machine->isVisible() && !machine->accessibleName().isEmpty());
        QVERIFY(workloadPlanOf(m_dialog->form()).labels.isEmpty()); // automatic
        QStringList reasons;
        for (const char* word : { "Automatic", "q35", "microvm" }) {
            machine->setCurrentIndex(machine->findText(QLatin1String(word)));
            reasons << machine->accessibleDescription();
        }
        QVERIFY(!reasons.contains(QString()) && reasons.removeDuplicates() == 0);
        const Labels asked{ { QLatin1String(kMachineLabel), QStringLiteral("microvm") } };
        QCOMPARE(workloadPlanOf(m_dialog->form()).labels, asked);
        QVERIFY(equivalentCommand(m_dialog->form()).contains(QStringLiteral(" --machine microvm ")));
        part<QAbstractButton>("kindTwin")->setChecked(true);
        QVERIFY(machine->isVisible() && twinPlanOf(m_dialog->form()).machine == MachineChoice::Microvm);
        part<QAbstractButton>("kindContainer")->setChecked(true);
        QVERIFY(!machine->isVisible() && workloadPlanOf(m_dialog->form()).labels.isEmpty());
        part<QAbstractButton>("kindVm")->setChecked(true);
        choose(VmSource::Iso);
        QVERIFY(!machine->isVisible() && workloadPlanOf(m_dialog->form()).labels.isEmpty());
    }

    void showsTheDefinition()
    {
        choose(VmSource::Iso);
        QTRY_VERIFY(part<QPushButton>("showDefinition")->isVisible());
        part<QPushButton>("showDefinition")->click();
        QTRY_VERIFY(part<QPlainTextEdit>("definition") != nullptr);
        QVERIFY(part<QPlainTextEdit>("definition")->toPlainText().contains(QStringLiteral("  <name>disk</name>")));
    }

private:
    template <typename Part>
    Part* part(const char* name) const
    {
        return m_dialog->findChild<Part*>(QLatin1String(name));
    }

    QString path() const { return m_world->temporary.path(QStringLiteral("disk.img")); }

    void choose(VmSource source)
    {
        auto* sources = part<QComboBox>("vmSource");
        sources->setCurrentIndex(sources->findData(static_cast<int>(source)));
        part<QLineEdit>("medium")->setText(path());
    }

    std::unique_ptr<MakingWorld> m_world;
    std::unique_ptr<CreateDialog> m_dialog;
};

QTEST_MAIN(CreateMachineTest)
#include "create_machine_test.moc"
