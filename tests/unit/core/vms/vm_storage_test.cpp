// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_store.h"
#include "core/vms/vm_provider.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QTest>

#include <algorithm>
#include <optional>

using namespace twinhull;
using test::runJob;

namespace {

const QString kPool = QStringLiteral("default-pool"); // the test driver's

VolumeName inPool(const char* name)
{
    return { kPool, QString::fromLatin1(name) };
}

}

/// Pools and networks of libvirt's test driver, which parses and keeps them as the others do.
class VmStorageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_provider.emplace(m_world.folders(), m_images, options());
        QTRY_VERIFY_WITH_TIMEOUT(m_provider->isSettled(), 20'000);
        QVERIFY(m_provider->availability());
    }

    void everyKindOfPoolIsUnderstood()
    {
        const auto kinds = std::make_shared<std::vector<PoolKind>>();
        const auto job = m_provider->storage().readPoolKinds(kinds);
        QVERIFY(runJob(*job));
        QVERIFY(kinds->size() >= 13);
        for (const auto& kind : *kinds) {
            PoolWish wish{ QStringLiteral("a <") + kind.type + QStringLiteral("> & 'b'"), kind.type, {} };
            for (const auto& field : kind.fields)
                wish.fields.insert(field.key, field.example);
            const auto made = done(m_provider->storage().createPool(wish));
            QVERIFY2(made, made ? "" : qPrintable(kind.type + QString::fromStdString(made.error().toLine())));
            const auto pool = only(wish.name);
            QCOMPARE(pool.type, kind.type);
            QVERIFY(pool.isRunning && pool.isAutostarted);
            if (wish.fields.contains(QStringLiteral("target")))
                QCOMPARE(pool.target, wish.fields[QStringLiteral("target")]);
            QVERIFY(done(m_provider->storage().changePool(wish.name, PoolChange::Delete)));
            QCOMPARE(codeOf(m_provider->storage().changePool(wish.name, PoolChange::Start)), ErrorCode::NotFound);
        }
    }

    void badPoolsLeaveNothing()
    {
        auto& storage = m_provider->storage();
        PoolWish wish{ kPool, QStringLiteral("dir"), { { QStringLiteral("target"), QStringLiteral("/x") } } };
        QCOMPARE(codeOf(storage.createPool(wish)), ErrorCode::AlreadyExists);
        wish.name = QStringLiteral("new");
        wish.fields.insert(QStringLiteral("teapot"), QStringLiteral("1"));
        QCOMPARE(codeOf(storage.createPool(wish)), ErrorCode::InvalidArgument);
        wish.fields = {};
        const auto missing = done(storage.createPool(wish));
        QVERIFY(missing.error().message.find("target is missing") != std::string::npos);
        wish.type = QStringLiteral("teapot");
        QCOMPARE(codeOf(storage.createPool(wish)), ErrorCode::InvalidArgument);
        QCOMPARE(pools().size(), std::size_t{ 1 });
    }

    void aStoppedPoolHasNoFigures()
    {
        auto& storage = m_provider->storage();
        QVERIFY(only(kPool).capacityBytes);
        QVERIFY(done(storage.changePool(kPool, PoolChange::Stop)));
        QVERIFY(!only(kPool).isRunning && !only(kPool).capacityBytes);
        const auto refused = done(storage.deleteVolume(inPool("x"), VolumeUse::Refuse));
        QVERIFY(refused.error().message.find("does not run") != std::string::npos);
        QVERIFY(done(storage.changePool(kPool, PoolChange::Start)));
        QVERIFY(done(storage.changePool(kPool, PoolChange::Autostart)));
        QVERIFY(only(kPool).isAutostarted);
        QVERIFY(done(storage.changePool(kPool, PoolChange::NoAutostart)));
        QVERIFY(!only(kPool).isAutostarted);
    }

    void whoUsesAVolumeIsNamed()
    {
        auto& storage = m_provider->storage();
        QVERIFY(done(storage.createVolume({ inPool("base"), 8 << 20, {}, {} })));
        QVERIFY(done(storage.createVolume({ inPool("top"), 0, {}, volume("base").path })));
        QCOMPARE(volume("top").capacityBytes, std::uint64_t{ 8 << 20 });
        QCOMPARE(codeOf(storage.createVolume({ inPool("top"), 1 << 20, {}, {} })), ErrorCode::AlreadyExists);
        QCOMPARE(codeOf(storage.createVolume({ inPool("none"), 0, {}, {} })), ErrorCode::InvalidArgument);
        const auto outcome = std::make_shared<HardwareOutcome>();
        QVERIFY(done(m_provider->hardware().define(machineWith("top"), {}, outcome)));
        QCOMPARE(volume("top").users,
            std::vector<MachineVolumeUser>(
                { { QStringLiteral("user"), QStringLiteral("disk vda"), QStringLiteral("vda"), false } }));
        const auto below = volume("base").users;
        QCOMPARE(below.size(), std::size_t{ 2 });
        QCOMPARE(below[0].role, QStringLiteral("what disk vda is based on"));
        QCOMPARE(below[1].name, kPool + QStringLiteral("/top"));
        const auto refused = done(storage.deleteVolume(inPool("top"), VolumeUse::Refuse));
        QCOMPARE(refused.error().code, ErrorCode::Busy);
        QVERIFY(refused.error().message.find("user (disk vda)") != std::string::npos);
        QCOMPARE(codeOf(storage.deleteVolume(inPool("base"), VolumeUse::IgnoreStopped)), ErrorCode::Busy);
        QCOMPARE(codeOf(storage.wipeVolume(inPool("top"))), ErrorCode::Busy);
        QTRY_VERIFY(!machineNamed("user").key.isEmpty());
        const auto started = done(m_provider->start(machineNamed("user")));
        QVERIFY2(started, started ? "" : qPrintable(QString::fromStdString(started.error().toLine())));
        QTRY_COMPARE(codeOf(storage.deleteVolume(inPool("top"), VolumeUse::IgnoreStopped)), ErrorCode::Busy);
        QCOMPARE(codeOf(storage.changePool(kPool, PoolChange::Stop)), ErrorCode::Busy);
        QCOMPARE(codeOf(storage.cloneVolume(inPool("top"), inPool("copy"), {})), ErrorCode::Busy);
        QVERIFY(done(m_provider->stop(machineNamed("user"), StopMode::Force)));
        QVERIFY(done(storage.cloneVolume(inPool("base"), inPool("copy"), {})));
        QCOMPARE(volume("copy").capacityBytes, std::uint64_t{ 8 << 20 });
        QVERIFY(done(storage.deleteVolume(inPool("top"), VolumeUse::IgnoreStopped)));
        QVERIFY(done(storage.deleteVolume(inPool("base"), VolumeUse::RefuseKnown)));
        QCOMPARE(codeOf(storage.deleteVolume(inPool("base"), VolumeUse::Refuse)), ErrorCode::NotFound);
    }

    /// The disk of the driver's own machine is in a folder that is not there.
    void whatCannotBeLookedAtMayUseAnyVolume()
    {
        auto& storage = m_provider->storage();
        QVERIFY(done(storage.createVolume({ inPool("doubtful"), 1 << 20, {}, {} })));
        const auto refused = done(storage.deleteVolume(inPool("doubtful"), VolumeUse::Refuse));
        QCOMPARE(refused.error().code, ErrorCode::Unavailable);
        QVERIFY2(refused.error().message.find("/guest/diskimage1 (test)") != std::string::npos,
            refused.error().toLine().c_str());
        QVERIFY(refused.error().hint.find("--force") != std::string::npos);
        QCOMPARE(codeOf(storage.wipeVolume(inPool("doubtful"))), ErrorCode::Unavailable);
        QCOMPARE(codeOf(storage.resizeVolume(inPool("doubtful"), 2 << 20, ShrinkRule::Refuse)), ErrorCode::Unavailable);
        QVERIFY(done(storage.deleteVolume(inPool("doubtful"), VolumeUse::IgnoreStopped)));
    }

    void anEditedMachineKeepsItsUuid()
    {
        const QByteArray before(
            "<domain type='test'><name>edited</name><uuid>11111111-2222-4333-8444-555555555555</uuid>"
            "</domain>");
        const auto outcome = std::make_shared<HardwareOutcome>();
        const auto refused
            = done(m_provider->hardware().define(QByteArray(before).replace("1111111", "2222222"), before, outcome));
        QVERIFY(!refused && refused.error().message.find("a second machine") != std::string::npos);
        QVERIFY(machineNamed("edited").key.isEmpty());
    }

    void oneThatWasRemovedIsNotMadeAgainByAnEdit()
    {
        const QByteArray before("<domain type='test'><name>gone</name><uuid>33333333-2222-4333-8444-555555555555</uuid>"
                                "<memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>");
        const auto outcome = std::make_shared<HardwareOutcome>();
        const QByteArray after = QByteArray(before).replace("'>64<", "'>65<");
        const auto refused = done(m_provider->hardware().define(after, before, outcome));
        QVERIFY(!refused && refused.error().code == ErrorCode::NotFound);
        QVERIFY(refused.error().message.find("removed meanwhile") != std::string::npos);
        QVERIFY(refused.error().hint.find("vm bin restore") != std::string::npos);
        QCOMPARE(codeOf(m_provider->hardware().define(after, before, outcome)), ErrorCode::NotFound);
    }

    void everyKindOfNetworkIsMade_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("bridge");
        for (const char* mode : { "nat", "route", "open", "isolated" })
            QTest::newRow(mode) << QString::fromLatin1(mode) << QString();
        QTest::newRow("bridge") << QStringLiteral("bridge") << QStringLiteral("br0");
    }
    void everyKindOfNetworkIsMade()
    {
        QFETCH(QString, mode);
        QFETCH(QString, bridge);
        auto& networks = m_provider->networks();
        MachineNetworkWish wish;
        wish.name = QStringLiteral("a <net> & b");
        wish.mode = mode;
        wish.bridge = bridge;
        if (mode == u"route")
            wish.addresses << QStringLiteral("10.55.0.1/24") << QStringLiteral("fd55::1/64");
        const auto made = done(networks.createNetwork(wish));
        QVERIFY2(made, made ? "" : qPrintable(QString::fromStdString(made.error().toLine())));
        const auto network = net(wish.name);
        QCOMPARE(network.mode, mode);
        QVERIFY(network.isRunning && network.isAutostarted);
        QCOMPARE(network.addresses.size(), mode == u"bridge" ? 0 : mode == u"route" ? 2 : 1);
        QCOMPARE(network.ranges.isEmpty(), mode == u"bridge");
        QCOMPARE(codeOf(networks.createNetwork(wish)), ErrorCode::AlreadyExists);
        QVERIFY(done(networks.changeNetwork(wish.name, NetworkChange::Stop)));
        QVERIFY(!net(wish.name).isRunning);
        QVERIFY(done(networks.changeNetwork(wish.name, NetworkChange::Start)));
        QVERIFY(done(networks.changeNetwork(wish.name, NetworkChange::NoAutostart)));
        QVERIFY(!net(wish.name).isAutostarted);
        QVERIFY(done(networks.changeNetwork(wish.name, NetworkChange::Remove)));
        QCOMPARE(codeOf(networks.changeNetwork(wish.name, NetworkChange::Start)), ErrorCode::NotFound);
    }

    void aSubnetInUseIsRefused()
    {
        MachineNetworkWish wish;
        wish.name = QStringLiteral("second");
        wish.addresses << net(QStringLiteral("default")).addresses;
        const auto refused = done(m_provider->networks().createNetwork(wish));
        QCOMPARE(refused.error().code, ErrorCode::Busy);
        QVERIFY(refused.error().message.find("overlaps 192.168.122.0/24") != std::string::npos);
    }

    void aDefinitionIsReplacedWhole()
    {
        auto& networks = m_provider->networks();
        MachineNetworkWish wish;
        wish.name = QStringLiteral("as <xml>");
        wish.addresses << QStringLiteral("10.78.0.1/24");
        QVERIFY(done(networks.createNetwork(wish)));
        QVERIFY(done(networks.changeNetwork(wish.name, NetworkChange::Stop)));
        const QByteArray before = definitionOf(networks, wish.name).definedXml;
        const QByteArray foreign = R"(<metadata><x:y xmlns:x="urn:x">kept</x:y></metadata>)";
        const QByteArray after = QByteArray(before).replace("</network>", foreign + "<domain name=\"lab\"/></network>");
        const auto outcome = std::make_shared<DefinitionOutcome>();
        const auto defined = done(networks.define(wish.name, { after, before }, outcome));
        QVERIFY2(defined, defined ? "" : defined.error().toLine().c_str());
        QVERIFY(outcome->pendingReason.isEmpty()); // it does not run
        QCOMPARE(net(wish.name).domain, QStringLiteral("lab"));
        const QByteArray now = definitionOf(networks, wish.name).definedXml;
        QCOMPARE(outcome->definedXml, now);
        QVERIFY2(now.contains(">kept</x:y>"), now.constData());
        QCOMPARE(codeOf(networks.define(wish.name, { after, before }, outcome)), ErrorCode::Busy);
        QVERIFY(done(networks.changeNetwork(wish.name, NetworkChange::Start)));
        QVERIFY(done(networks.define(wish.name, { before, {} }, outcome)));
        QVERIFY(!outcome->pendingReason.isEmpty());
        QVERIFY(done(networks.changeNetwork(wish.name, NetworkChange::Remove)));
        QCOMPARE(codeOf(networks.readDefinition(wish.name, std::make_shared<NamedDefinition>())), ErrorCode::NotFound);
    }

    void aRefusedDefinitionLeavesTheOldOne_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("said");
        const auto row = [](const char* name, const char* from, const char* to, const char* said) {
            QTest::newRow(name) << QByteArray(from) << QByteArray(to) << QByteArray(said);
        };
        row("not of the schema", "<target>", "<target><teapot/>", "line ");
        row("no XML", "</pool>", "", "line ");
        row("another name", "default-pool<", "other<", "name was changed");
        row("another UUID", "<uuid>", "<uuid>1", "UUID was changed");
    }
    void aRefusedDefinitionLeavesTheOldOne()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, said);
        auto& storage = m_provider->storage();
        const QByteArray before = definitionOf(storage, kPool).definedXml;
        QVERIFY(!before.contains("<available"));
        const auto refused = done(
            storage.define(kPool, { QByteArray(before).replace(from, to), {} }, std::make_shared<DefinitionOutcome>()));
        QVERIFY(!refused);
        QVERIFY2(
            refused.error().message.find(said.toStdString()) != std::string::npos, refused.error().toLine().c_str());
        QVERIFY(!refused.error().hint.empty());
        QCOMPARE(definitionOf(storage, kPool).definedXml, before);
    }

    void addressesAreKeptAndLetGo()
    {
        auto& networks = m_provider->networks();
        MachineNetworkWish wish;
        wish.name = QStringLiteral("kept");
        wish.addresses << QStringLiteral("10.77.0.1/24");
        QVERIFY(done(networks.createNetwork(wish)));
        QCOMPARE(net(wish.name).ranges, QStringList{ QStringLiteral("10.77.0.2-10.77.0.254") });
        const NetworkReservation one{ QStringLiteral("52:54:00:00:00:01"), QStringLiteral("10.77.0.9"),
            QStringLiteral("db") };
        const auto kept = done(networks.reserve(wish.name, one));
        QVERIFY2(kept, kept ? "" : qPrintable(QString::fromStdString(kept.error().toLine())));
        QCOMPARE(net(wish.name).reservations, std::vector{ one });
        QCOMPARE(codeOf(networks.reserve(wish.name, one)), ErrorCode::AlreadyExists);
        QCOMPARE(codeOf(networks.reserve(wish.name, { QStringLiteral("x"), QStringLiteral("10.77.0.10"), {} })),
            ErrorCode::InvalidArgument);
        QVERIFY(done(networks.release(wish.name, one.mac.toUpper())));
        QVERIFY(net(wish.name).reservations.empty());
        QCOMPARE(codeOf(networks.release(wish.name, one.mac)), ErrorCode::NotFound);
        QVERIFY(done(networks.changeNetwork(wish.name, NetworkChange::Remove)));
    }

    void aNetworkInUseStays()
    {
        auto& networks = m_provider->networks();
        const QString name = QStringLiteral("default"); // of the driver's own machine, which runs
        QCOMPARE(net(name).runningUsers, QStringList{ QStringLiteral("test") });
        for (const auto change : { NetworkChange::Stop, NetworkChange::Remove }) {
            const auto refused = done(networks.changeNetwork(name, change));
            QCOMPARE(refused.error().code, ErrorCode::Busy);
            QVERIFY(refused.error().message.find("used by test") != std::string::npos);
        }
        QVERIFY(net(name).isRunning);
    }

private:
    static Result<> done(const std::unique_ptr<Job>& job) { return runJob(*job); }
    static ErrorCode codeOf(const std::unique_ptr<Job>& job)
    {
        const auto result = runJob(*job);
        return result ? ErrorCode::Unknown : result.error().code;
    }

    static VmOptions options()
    {
        VmOptions options;
        options.uri = QStringLiteral("test:///default");
        options.acceleration = AccelerationChoice::Tcg;
        return options;
    }

    std::vector<MachinePool> pools(const QStringList& names = {})
    {
        const auto all = std::make_shared<std::vector<MachinePool>>();
        const auto job = m_provider->storage().readPools(names, all);
        return runJob(*job) ? *all : std::vector<MachinePool>();
    }
    MachinePool only(const QString& name)
    {
        const auto all = pools({ name });
        return all.empty() ? MachinePool() : all.front();
    }
    MachineVolume volume(const char* name)
    {
        const auto pool = only(kPool);
        const auto found = std::find_if(pool.volumes.begin(), pool.volumes.end(),
            [name](const MachineVolume& each) { return each.name == QLatin1String(name); });
        return found != pool.volumes.end() ? *found : MachineVolume();
    }
    static NamedDefinition definitionOf(NamedDefinitions& definitions, const QString& name)
    {
        const auto read = std::make_shared<NamedDefinition>();
        return runJob(*definitions.readDefinition(name, read)) ? *read : NamedDefinition();
    }
    MachineNetwork net(const QString& name)
    {
        const auto all = std::make_shared<std::vector<MachineNetwork>>();
        const auto job = m_provider->networks().readNetworks({ name }, all);
        return runJob(*job) && !all->empty() ? all->front() : MachineNetwork();
    }
    WorkloadId machineNamed(const char* name) const
    {
        for (const auto& each : m_provider->workloads()) {
            if (each.name == QLatin1String(name))
                return each.id;
        }
        return {};
    }
    static QByteArray machineWith(const char* name)
    {
        return QByteArray("<domain type='test'><name>user</name><memory unit='MiB'>64</memory><os><type>hvm</type></os>"
                          "<devices><disk type='volume' device='disk'><source pool='default-pool' volume='")
            + name + "'/><target dev='vda' bus='virtio'/></disk></devices></domain>";
    }

    test::TemporaryWorld m_world;
    ImageStore m_images{ m_world.folders() };
    std::optional<VmProvider>
        m_provider; // made when QTest has written to the environment, which libvirt's threads read
};

QTEST_GUILESS_MAIN(VmStorageTest)
#include "vm_storage_test.moc"
