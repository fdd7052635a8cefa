// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/vm_provider.h"
#include "tests/support/context_world.h"
#include "ui/create/create_dialog.h"
#include "ui/networks/networks_page.h"
#include "ui/storage/storage_page.h"
#include "ui/widgets/host_choice.h"
#include "ui/widgets/list_view.h"

#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QTabWidget>
#include <QTest>

using namespace twinhull;

namespace {

/// A libvirt of its own inside this program, beside test:///default.
constexpr const char* kLabXml
    = "<node><network><name>lab-net</name><forward mode='nat'/><ip address='10.77.0.1' netmask='255.255.255.0'/>"
      "</network><pool type='dir'><name>lab-pool</name><target><path>/lab-pool</path></target></pool>"
      "<pool type='dir'><name>lab-more</name><target><path>/lab-more</path></target></pool></node>";

/// A pool with one medium in it; nothing can be done with it.
class OneMedium : public MachineStorage {
public:
    std::unique_ptr<Job> readPools(const QStringList&, std::shared_ptr<std::vector<MachinePool>> into) override
    {
        return std::make_unique<test::InstantJob>(QStringLiteral("read"), [into = std::move(into)]() -> Result<> {
            MachinePool pool;
            pool.name = QStringLiteral("media");
            pool.isRunning = true;
            pool.volumes.emplace_back();
            pool.volumes.back().kind = QStringLiteral("file");
            pool.volumes.back().path = QStringLiteral("/there/debian.iso");
            into->push_back(pool);
            return {};
        });
    }
    std::unique_ptr<Job> readPoolKinds(std::shared_ptr<std::vector<PoolKind>>) override { return nullptr; }
    std::unique_ptr<Job> createPool(const PoolWish&) override { return nullptr; }
    std::unique_ptr<Job> changePool(const QString&, PoolChange) override { return nullptr; }
    std::unique_ptr<Job> readDefinition(const QString&, std::shared_ptr<NamedDefinition>) override { return nullptr; }
    std::unique_ptr<Job> define(const QString&, const NewDefinition&, std::shared_ptr<DefinitionOutcome>) override
    {
        return nullptr;
    }
    std::unique_ptr<Job> createVolume(const VolumeWish&) override { return nullptr; }
    std::unique_ptr<Job> resizeVolume(const VolumeName&, std::uint64_t, ShrinkRule) override { return nullptr; }
    std::unique_ptr<Job> cloneVolume(const VolumeName&, const VolumeName&, const QString&) override { return nullptr; }
    std::unique_ptr<Job> uploadVolume(const VolumeName&, const QString&) override { return nullptr; }
    std::unique_ptr<Job> downloadVolume(const VolumeName&, const QString&) override { return nullptr; }
    std::unique_ptr<Job> wipeVolume(const VolumeName&) override { return nullptr; }
    std::unique_ptr<Job> deleteVolume(const VolumeName&, VolumeUse) override { return nullptr; }
};

/// A host as the test says it fares; what is asked of it is answered when the test says so.
class MoodyHost : public test::FakeProvider,
                  public HasConnection,
                  public HasMachineNetworks,
                  public MachineNetworks,
                  public HasMachineStorage {
public:
    MoodyHost() : FakeProvider(WorkloadKind::Vm) { status.name = QStringLiteral("moody"); }

    std::optional<ConnectionStatus> connectionStatus() const override { return status; }
    MachineNetworks& networks() override { return *this; }
    MachineStorage& storage() override { return m_media; }
    std::unique_ptr<Job> readNetworks(const QStringList&, std::shared_ptr<std::vector<MachineNetwork>> into) override
    {
        MachineNetwork one;
        one.name = QStringLiteral("moody-net");
        into->push_back(one);
        auto job = std::make_unique<test::HeldJob>(QStringLiteral("read"));
        reading = job.get();
        return job;
    }
    std::unique_ptr<Job> readBridges(std::shared_ptr<QStringList>) override { return nullptr; }
    std::unique_ptr<Job> createNetwork(const MachineNetworkWish&) override { return nullptr; }
    std::unique_ptr<Job> changeNetwork(const QString&, NetworkChange) override { return nullptr; }
    std::unique_ptr<Job> readDefinition(const QString&, std::shared_ptr<NamedDefinition>) override { return nullptr; }
    std::unique_ptr<Job> define(const QString&, const NewDefinition&, std::shared_ptr<DefinitionOutcome>) override
    {
        return nullptr;
    }
    std::unique_ptr<Job> reserve(const QString&, const NetworkReservation&) override { return nullptr; }
    std::unique_ptr<Job> release(const QString&, const QString&) override { return nullptr; }

    void fare(ConnectionStatus::State state)
    {
        status.state = state;
        status.lastSeen = QDateTime(QDate::currentDate(), QTime(0, 4));
        Q_EMIT availabilityChanged();
    }

    ConnectionStatus status{ {}, {}, ConnectionStatus::State::Connected, {}, {}, 0 };
    QPointer<test::HeldJob> reading;

private:
    OneMedium m_media;
};

QString firstCells(const QWidget& page, const char* list)
{
    const auto* model = page.findChild<ListView*>(QLatin1String(list))->model();
    QStringList names;
    for (int row = 0; row < model->rowCount(); ++row)
        names << model->index(row, 0).data().toString();
    return names.join(u' ');
}

} // namespace

/// Storage and networks of several hosts' machines in the window, over two real libvirt connections.
class MachineHostsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Nothing here is about systems, whose data take their time to be read.
    void initTestCase() { qputenv("OSINFO_SYSTEM_DIR", m_world.path(QStringLiteral("none")).toUtf8()); }

    void init()
    {
        QFile file(m_world.path(QStringLiteral("lab.xml")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(kLabXml) > 0);
        file.close();
        m_bench = std::make_unique<Bench>(m_world.folders());
        m_home = connection(QString(), QStringLiteral("test:///default"));
        m_bench->registry.add(m_home.get());
    }

    void cleanup()
    {
        m_bench.reset();
        m_lab.reset();
        m_home.reset();
    }

    void offersAChoiceWhereThereIsOne()
    {
        StoragePage page(m_bench->context);
        auto& host = openMachines(page, "storageKinds");
        QTRY_COMPARE(firstCells(page, "poolsList"), QStringLiteral("default-pool"));
        QVERIFY(!host.isVisible());
        addLab();
        QTRY_VERIFY(host.isVisible());
        QCOMPARE(host.itemText(0), QStringLiteral("home"));
        choose(host, "lab");
        QTRY_COMPARE(firstCells(page, "poolsList"), QStringLiteral("lab-more lab-pool"));
        page.findChild<QTabWidget*>()->setCurrentIndex(0);
        QVERIFY(!host.isVisible()); // containers are on this computer
        page.findChild<QTabWidget*>()->setCurrentIndex(1);
        m_lab->retire();
        QTRY_COMPARE(firstCells(page, "poolsList"), QStringLiteral("default-pool"));
        QVERIFY(!host.isVisible());
    }

    void changesWhatIsOnThatHost()
    {
        addLab();
        StoragePage page(m_bench->context);
        choose(openMachines(page, "storageKinds"), "lab");
        QTRY_COMPARE(firstCells(page, "poolsList"), QStringLiteral("lab-more lab-pool"));
        page.findChild<ListView*>(QStringLiteral("poolsList"))->selectRow(1);
        auto* start = page.findChild<QAction*>(QStringLiteral("poolsStart"));
        auto* stop = page.findChild<QAction*>(QStringLiteral("poolsStop"));
        if (start->isEnabled())
            start->trigger();
        QTRY_VERIFY(stop->isEnabled());
        page.findChild<QAction*>(QStringLiteral("poolVolumesCreate"))->trigger();
        auto* dialog = page.findChild<QDialog*>(QStringLiteral("poolVolumeDialog"));
        dialog->findChild<QLineEdit*>(QStringLiteral("poolVolumeDialogName"))->setText(QStringLiteral("new"));
        dialog->findChild<QLineEdit*>(QStringLiteral("poolVolumeDialogSize"))->setText(QStringLiteral("1G"));
        QCOMPARE(dialog->findChild<QLabel*>(QStringLiteral("poolVolumeDialogText"))->text(),
            QStringLiteral("twinhullctl --connect lab pool volume create lab-pool new --size 1G --format qcow2"));
        dialog->findChild<QPushButton*>(QStringLiteral("poolVolumeDialogAccept"))->click();
        QTRY_COMPARE(firstCells(page, "poolVolumesList"), QStringLiteral("new"));
    }

    void networksAreThatHosts()
    {
        addLab();
        NetworksPage page(m_bench->context);
        auto& host = openMachines(page, "networkKinds");
        QTRY_COMPARE(firstCells(page, "machineNetworksList"), QStringLiteral("default"));
        choose(host, "lab");
        QTRY_COMPARE(firstCells(page, "machineNetworksList"), QStringLiteral("lab-net"));
    }

    void definesANetworkOfThatHostAnew()
    {
        addLab();
        NetworksPage page(m_bench->context);
        choose(openMachines(page, "networkKinds"), "lab");
        QTRY_COMPARE(firstCells(page, "machineNetworksList"), QStringLiteral("lab-net"));
        page.findChild<ListView*>(QStringLiteral("machineNetworksList"))->selectRow(0);
        page.findChild<QAction*>(QStringLiteral("machineNetworksXml"))->trigger();
        QTRY_VERIFY(page.findChild<QDialog*>(QStringLiteral("definitionDialog")) != nullptr);
        auto* dialog = page.findChild<QDialog*>(QStringLiteral("definitionDialog"));
        auto* text = dialog->findChild<QPlainTextEdit*>(QStringLiteral("definitionText"));
        auto* next = dialog->findChild<QPushButton*>(QStringLiteral("definitionNext"));
        auto* word = dialog->findChild<QLabel*>(QStringLiteral("definitionWord"));
        QVERIFY(text->toPlainText().contains(QStringLiteral("<name>lab-net</name>")));
        const auto defineWith = [&](const char* element) {
            text->setPlainText(text->toPlainText().replace(
                QStringLiteral("</network>"), QLatin1String(element) + QStringLiteral("</network>")));
            next->click(); // shows what changed
            next->click();
        };
        const QString before = text->toPlainText();
        defineWith("<teapot/>");
        QTRY_VERIFY2(word->text().contains(QStringLiteral("<teapot>")), qPrintable(word->text()));
        text->setPlainText(before);
        defineWith("<domain name='lab'/>");
        QTRY_VERIFY2(word->text().contains(QStringLiteral("pending")), qPrintable(word->text())); // it runs
    }

    void oneThatHangsHoldsNobodyUp()
    {
        MoodyHost moody;
        m_bench->registry.add(&moody);
        NetworksPage page(m_bench->context);
        auto& host = openMachines(page, "networkKinds");
        choose(host, "moody");
        QVERIFY(moody.reading);
        choose(host, "home");
        QTRY_COMPARE(firstCells(page, "machineNetworksList"), QStringLiteral("default"));
        if (moody.reading)
            moody.reading->end({}); // too late
        QTest::qWait(0);
        QCOMPARE(firstCells(page, "machineNetworksList"), QStringLiteral("default"));
    }

    void oneThatIsLostIsShownAsItWas()
    {
        MoodyHost moody;
        m_bench->registry.add(&moody);
        NetworksPage page(m_bench->context);
        auto& host = openMachines(page, "networkKinds");
        auto* silence = page.findChild<QLabel*>(QStringLiteral("machineNetworksListSilence"));
        auto* create = page.findChild<QAction*>(QStringLiteral("machineNetworksCreate"));
        choose(host, "moody");
        moody.reading->end({});
        QTRY_COMPARE(firstCells(page, "machineNetworksList"), QStringLiteral("moody-net"));
        QVERIFY(create->isEnabled() && !silence->isVisible());
        moody.fare(ConnectionStatus::State::Lost);
        QVERIFY(silence->isVisible());
        QCOMPARE(silence->text(),
            QStringLiteral("moody does not answer; it did last at 00:04. It is tried again by itself."));
        QCOMPARE(host.currentText(), QStringLiteral("moody · last seen 00:04"));
        QVERIFY(!create->isEnabled());
        choose(host, "home");
        QTRY_COMPARE(firstCells(page, "machineNetworksList"), QStringLiteral("default"));
        QVERIFY(create->isEnabled() && !silence->isVisible());
        choose(host, "moody");
        QCOMPARE(firstCells(page, "machineNetworksList"), QStringLiteral("moody-net")); // and nobody was asked
        QVERIFY(!create->isEnabled() && silence->isVisible());
        moody.fare(ConnectionStatus::State::Connected);
        QVERIFY(moody.reading && create->isEnabled() && !silence->isVisible());
    }

    void oneThatNeverAnsweredSaysSo()
    {
        m_lab = connection(QStringLiteral("nobody"), QStringLiteral("test://") + m_world.path(QStringLiteral("none")));
        m_bench->registry.add(m_lab.get());
        StoragePage page(m_bench->context);
        auto& host = openMachines(page, "storageKinds");
        QTRY_COMPARE(host.itemText(1), QStringLiteral("nobody · never seen"));
        choose(host, "nobody");
        QVERIFY(isSaid(
            page, QStringLiteral("nobody does not answer; it has not answered before. It is tried again by itself.")));
    }

    void aVmIsMadeOnTheHostThatIsChosen()
    {
        addLab();
        QTRY_VERIFY(m_lab->isSettled());
        CreateDialog sheet(m_bench->context, NewWorkload::Vm, {});
        sheet.show();
        auto& host = *sheet.findChild<HostChoice*>(QStringLiteral("machineHost"));
        QVERIFY(host.isVisible());
        choose(host, "lab");
        auto* createIt = sheet.findChild<QPushButton*>(QStringLiteral("create"));
        QVERIFY(isSaid(sheet, QStringLiteral("VMs from images are made on the home connection")));
        QVERIFY(!createIt->isEnabled());
        setSource(sheet, VmSource::Network);
        sheet.findChild<QLineEdit*>(QStringLiteral("name"))->setText(QStringLiteral("test")); // as home's own
        QVERIFY(sheet.findChild<QLabel*>(QStringLiteral("equivalentCommand"))
                    ->text()
                    .startsWith(u"twinhullctl --connect lab vm create --start --name test --pxe"));
        const auto pick = [&sheet](const char* name, const char* data) {
            auto* box = sheet.findChild<QComboBox*>(QLatin1String(name));
            box->setCurrentIndex(box->findData(QLatin1String(data)));
            return box->currentData().toString() == QLatin1String(data);
        };
        QTRY_VERIFY(pick("cardNetwork", "network=lab-net"));
        QTRY_VERIFY(pick("diskPool", "lab-more"));
        sheet.findChild<QLineEdit*>(QStringLiteral("diskVolume"))->setText(QStringLiteral("root.qcow2"));
        const QString command = sheet.findChild<QLabel*>(QStringLiteral("equivalentCommand"))->text();
        QVERIFY2(command.contains(u"--disk pool=lab-more,size=") && command.contains(u",name=root.qcow2 ")
                && command.endsWith(u"--network network=lab-net"),
            qPrintable(command));
        QTRY_VERIFY(createIt->isEnabled());
        createIt->click();
        const auto isThere = [this] {
            const auto all = m_lab->workloads();
            return all.size() == 1 && all[0].name == u"test" && connectionOf(all[0].id) == u"lab";
        };
        QTRY_VERIFY2_WITH_TIMEOUT(isThere(), qPrintable(lastError()), 20'000);
        QCOMPARE(m_home->workloads().size(), std::size_t{ 1 });
        const auto described = std::make_shared<HardwareDescription>();
        const auto reading = m_lab->hardware().read(m_lab->workloads()[0], described);
        reading->start();
        QTRY_VERIFY(reading->isFinished());
        const QByteArray& xml = described->definedXml;
        QVERIFY2(xml.contains("<source network='lab-net'") && xml.contains("'/lab-more/root.qcow2'"), xml.constData());
    }

    void anotherComputerHasNoneOfOurFiles()
    {
        MoodyHost moody;
        moody.status.uri = QStringLiteral("qemu+ssh://me@moody/system");
        m_bench->registry.add(&moody);
        CreateDialog sheet(m_bench->context, NewWorkload::Vm, {});
        sheet.show();
        choose(*sheet.findChild<HostChoice*>(QStringLiteral("machineHost")), "moody");
        setSource(sheet, VmSource::Iso);
        auto* medium = sheet.findChild<QLineEdit*>(QStringLiteral("medium"));
        QTRY_VERIFY(isSaid(sheet, QStringLiteral("Choose a volume of one of moody’s pools.")));
        medium->setText(m_world.path(QStringLiteral("lab.xml")));
        QTRY_VERIFY(
            isSaid(sheet, QStringLiteral("That file is on this computer, not on moody. Upload it to a pool there")));
        medium->setText(QStringLiteral("/there/debian.iso"));
        QTRY_VERIFY(
            !isSaid(sheet, QStringLiteral("That file is on this")) && !isSaid(sheet, QStringLiteral("No pool of")));
        QVERIFY(isSaid(sheet, QStringLiteral("needs an answer of moody")));
        setSource(sheet, VmSource::Tree);
        QTRY_VERIFY(isSaid(sheet, QStringLiteral("Installers are started directly on this computer alone.")));
        setSource(sheet, VmSource::CloudImage);
        QTRY_VERIFY(isSaid(sheet, QStringLiteral("Cloud images are made ready on this computer alone.")));
        moody.fare(ConnectionStatus::State::Lost);
        QTRY_VERIFY(isSaid(sheet, QStringLiteral("moody does not answer; it did last at 00:04.")));
    }

private:
    static void setSource(const QWidget& sheet, VmSource source)
    {
        auto* sources = sheet.findChild<QComboBox*>(QStringLiteral("vmSource"));
        sources->setCurrentIndex(sources->findData(static_cast<int>(source)));
    }

    QString lastError() const
    {
        for (const Job* job : m_bench->jobs.jobs()) {
            if (job->state() == Job::State::Failed)
                return QString::fromStdString(job->result().error().toLine());
        }
        return {};
    }

    struct Bench {
        explicit Bench(const DataFolders& places) : folders(places) { }

        DataFolders folders;
        Settings settings{ folders };
        ImageStore images{ folders };
        WorkloadRegistry registry;
        MetricRings rings;
        Twins twins{ registry, images };
        JobQueue jobs;
        AppContext context{ registry, jobs, images, rings, twins, settings, folders };
    };

    std::unique_ptr<VmProvider> connection(const QString& name, const QString& uri)
    {
        VmOptions options;
        options.uri = uri;
        options.connection = name;
        options.acceleration = AccelerationChoice::Tcg;
        return std::make_unique<VmProvider>(m_world.folders(), m_bench->images, options);
    }

    void addLab()
    {
        m_lab = connection(QStringLiteral("lab"), QStringLiteral("test://") + m_world.path(QStringLiteral("lab.xml")));
        m_bench->registry.add(m_lab.get());
        Q_EMIT m_lab->availabilityChanged();
    }

    static HostChoice& openMachines(QWidget& page, const char* tabs)
    {
        page.resize(1280, 720);
        page.show();
        auto* kinds = page.findChild<QTabWidget*>(QLatin1String(tabs));
        kinds->setCurrentIndex(1);
        return *page.findChild<HostChoice*>(QLatin1String(tabs) + QStringLiteral("Host"));
    }

    static void choose(HostChoice& host, const char* name)
    {
        const QString data = qstrcmp(name, "home") == 0 ? QString() : QString::fromLatin1(name);
        QTRY_VERIFY(host.findData(data) >= 0);
        host.setCurrentIndex(host.findData(data));
    }

    static bool isSaid(const QWidget& page, const QString& sentence)
    {
        for (const auto* label : page.findChildren<QLabel*>()) {
            if (label->text().startsWith(sentence) && label->isVisible())
                return true;
        }
        return false;
    }

    test::TemporaryWorld m_world;
    std::unique_ptr<Bench> m_bench;
    std::unique_ptr<VmProvider> m_home;
    std::unique_ptr<VmProvider> m_lab;
};

QTEST_MAIN(MachineHostsTest)
#include "machine_hosts_test.moc"
