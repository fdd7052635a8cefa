// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/bin/vm_bin.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/vms/bin/kept_nvram.h"
#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/bin/vm_discard.h"
#include "core/vms/disks/disk_chain.h"
#include "core/vms/disks/disk_tools.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/link/open_domain.h"
#include "core/vms/snapshots/external_snapshots.h"
#include "core/vms/storage/volume_users.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QTest>

#include <sys/file.h>

using namespace twinhull;

namespace {

const QString kBinBase = QStringLiteral("11111111-1111-4111-8111-111111111111");
const QString kBinClone = QStringLiteral("22222222-2222-4222-8222-222222222222");
const QString kBinTestUri = QStringLiteral("test:///default");
constexpr std::int64_t kBinFarFuture = 9'000'000'000'000; // milliseconds: in 2255

QByteArray binDomainXml(const QString& name, const QString& uuid, const QString& disk, const QString& more = {})
{
    return QStringLiteral("<domain type='test'><name>%1</name><uuid>%2</uuid><memory unit='MiB'>64</memory>"
                          "<vcpu>1</vcpu><os><type arch='x86_64'>hvm</type></os><devices>"
                          "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%3'/>"
                          "<target dev='vda' bus='virtio'/></disk>%4</devices></domain>")
        .arg(name, uuid, disk, more)
        .toUtf8();
}

/// Of that disk, which stays as it was, and goes on in `over`.
QByteArray binSnapshotXml(const QString& name, const QByteArray& domain, const QString& over)
{
    return QStringLiteral("<domainsnapshot><name>%1</name><state>shutoff</state>"
                          "<creationTime>1700000000</creationTime><memory snapshot='no'/><disks>"
                          "<disk name='vda' snapshot='external' type='file'><driver type='qcow2'/>"
                          "<source file='%2'/></disk></disks>%3</domainsnapshot>")
        .arg(name, over, QString::fromUtf8(domain))
        .toUtf8();
}

LinkListener deafListener()
{
    return { [](std::vector<DomainSnapshot>) {}, [](const DomainSnapshot&) {}, [](const QString&) {},
        [](const Error&) {} };
}

} // namespace

/// With libvirt's test driver, which keeps definitions and snapshots of this process as QEMU's does, and real disks: a
/// VM "base" with an external snapshot, and a linked clone of it.
class VmBinTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world.emplace();
        m_tools.link = std::make_shared<LibvirtLink>(kBinTestUri, m_world->folders(), deafListener());
        m_tools.folders = m_world->folders();
        m_tools.uri = kBinTestUri;
        QTRY_VERIFY_WITH_TIMEOUT(m_tools.link->connection(), 20'000);
        makeBase();
    }

    void cleanup()
    {
        for (const QString& uuid : { kBinBase, kBinClone }) {
            const auto left = openDomain(m_tools, uuid);
            if (!left)
                continue;
            (void)twinhull::virDomainDestroy(left->get());
            (void)twinhull::virDomainUndefineFlags(
                left->get(), VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA | VIR_DOMAIN_UNDEFINE_MANAGED_SAVE);
        }
        m_tools.link.reset();
        m_world.reset();
    }

    void comesBackAsItWas()
    {
        {
            const auto domain = openDomain(m_tools, kBinBase);
            QVERIFY(domain && twinhull::virDomainSetAutostart(domain->get(), 1) == 0);
            QCOMPARE(twinhull::virDomainCreate(domain->get()), 0); // it is forced off
        }
        QVERIFY(discards(kBinBase));
        QVERIFY(!isKnown(kBinBase));
        const auto binned = listVmBin(m_tools);
        QVERIFY(binned && binned->size() == 1 && binned->front().name == u"base" && binned->front().isReadable);
        QVERIFY(binned->front().until.isValid());
        QCOMPARE(phaseOf(kBinBase), BinPhase::Kept);
        QVERIFY(sweepVmBin(m_tools, wallClockMilliseconds()));
        QVERIFY(!discards(kBinBase));
        QVERIFY(restoreVm(m_tools, kBinBase, m_context));
        QVERIFY(hasSnapshot() && startsByItself());
        QVERIFY(!exists(base().binRecordPath().toStdString()));
        QVERIFY(listVmBin(m_tools)->empty());
        QCOMPARE(restoreVm(m_tools, kBinBase, m_context).error().code, ErrorCode::NotFound);
        QCOMPARE(removeVmForGood(m_tools, kBinBase, m_context).error().code, ErrorCode::NotFound);
        QVERIFY(QFile::exists(base().diskPath()));
    }

    void goesForGoodWhenItsTimeIsOver()
    {
        QVERIFY(discards(kBinBase));
        QVERIFY(sweepVmBin(m_tools, kBinFarFuture));
        QVERIFY(!QFile::exists(base().path()));
        QVERIFY(listVmBin(m_tools)->empty());
    }

    void staysWhileAnotherHasItsName()
    {
        QVERIFY(discards(kBinBase));
        QVERIFY(defines(binDomainXml(QStringLiteral("base"), kBinClone, QStringLiteral("/nowhere"))));
        QCOMPARE(restoreVm(m_tools, kBinBase, m_context).error().code, ErrorCode::AlreadyExists);
        QCOMPARE(phaseOf(kBinBase), BinPhase::Kept);
    }

    void aBaseStaysWhileACloneStandsOnIt()
    {
        makeClone();
        QVERIFY(discards(kBinBase));
        const auto refused = removeVmForGood(m_tools, kBinBase, m_context);
        QVERIFY(!refused && refused.error().code == ErrorCode::Busy);
        QVERIFY2(refused.error().message.find("clone") != std::string::npos, refused.error().message.c_str());
        QVERIFY(discards(kBinClone));
        QCOMPARE(removeVmForGood(m_tools, kBinBase, m_context).error().code, ErrorCode::Busy);
        QVERIFY(QFile::exists(base().diskPath()));
        QVERIFY(removeVmForGood(m_tools, kBinClone, m_context));
        QVERIFY(!QFile::exists(clone().path()));
        QVERIFY(removeVmForGood(m_tools, kBinBase, m_context));
        QVERIFY(!QFile::exists(base().path()));
    }

    void aCloneInTheBinKeepsItsBase()
    {
        makeClone();
        QVERIFY(discards(kBinClone));
        const auto connection = m_tools.link->connection();
        QVERIFY(connection);
        const auto forest = DiskForest::read(m_tools, connection->get());
        QVERIFY(forest && forest->problems().isEmpty());
        QCOMPARE(forest->layersAbove(base().diskPath()).size(), std::size_t{ 2 });
        QVERIFY(forest->isDiskOfSomeDomain(clone().diskPath()));
        QCOMPARE(forest->usersOf(clone().diskPath()), QStringList(QStringLiteral("clone (in the bin)")));
        const auto refused = removeVm(m_tools, kBinBase, m_context);
        QVERIFY(!refused && refused.error().code == ErrorCode::Busy);
        QVERIFY(isKnown(kBinBase) && QFile::exists(base().diskPath()));
        QVERIFY(writeFileAtomically(clone().binRecordPath().toStdString(), "{")); // what it stands on is not known
        QCOMPARE(removeVm(m_tools, kBinBase, m_context).error().code, ErrorCode::Unavailable);
        QVERIFY(listVmBin(m_tools)->size() == 1 && !listVmBin(m_tools)->front().isReadable);
        QVERIFY(removeVmForGood(m_tools, kBinClone, m_context));
        QVERIFY(removeVm(m_tools, kBinBase, m_context));
        QVERIFY(!QFile::exists(base().path()));
    }

    /// Who deletes volumes is told of it.
    void usesItsDisksInTheBin()
    {
        QVERIFY(discards(kBinBase));
        std::vector<MachinePool> pools(1);
        for (const QString& path : { over(), base().diskPath() }) {
            MachineVolume volume;
            volume.path = path;
            pools[0].volumes.push_back(volume);
        }
        pools[0].volumes[0].backingPath = base().diskPath();
        const auto connection = m_tools.link->connection();
        const auto users = connection ? VolumeUsers::read(connection->get(), m_tools) : connection.error();
        QVERIFY(users);
        users->addTo(pools);
        for (const MachineVolume& volume : pools[0].volumes)
            QVERIFY2(!volume.users.empty() && volume.users[0].name == u"base (in the bin)", qPrintable(volume.path));
    }

    void staysWhileAnotherHasAMediumOfIt()
    {
        QVERIFY(writeFileAtomically(base().seedPath().toStdString(), "seed"));
        QVERIFY(discards(kBinBase));
        QVERIFY(defines(binDomainXml(QStringLiteral("other"), kBinClone, QStringLiteral("/nowhere"),
            QStringLiteral("<disk type='file' device='cdrom'><source file='%1'/><target dev='sda' bus='sata'/>"
                           "<readonly/></disk>")
                .arg(base().seedPath()))));
        QCOMPARE(removeVmForGood(m_tools, kBinBase, m_context).error().code, ErrorCode::Busy);
        QVERIFY(sweepVmBin(m_tools, kBinFarFuture)); // the next time
        QVERIFY(QFile::exists(base().diskPath()));
    }

    /// Killed before libvirt forgot it: it was never removed.
    void aKillBeforeItIsForgottenChangesNothing()
    {
        notePhase(BinPhase::Leaving);
        QVERIFY(listVmBin(m_tools)->empty());
        QVERIFY(sweepVmBin(m_tools, kBinFarFuture));
        QVERIFY(!exists(base().binRecordPath().toStdString()));
        QVERIFY(isKnown(kBinBase) && hasSnapshot());
        forget(kBinBase); // by another program: its disks are the person's
        QVERIFY(sweepVmBin(m_tools, kBinFarFuture));
        QVERIFY(QFile::exists(base().diskPath()));
        QVERIFY(listVmBin(m_tools)->empty());
    }

    /// Killed after it: it can be brought back, and does not go by itself, for it may have been somebody else.
    void aKillAfterItIsForgottenLosesNothing()
    {
        notePhase(BinPhase::Leaving);
        forget(kBinBase);
        const auto binned = listVmBin(m_tools);
        QVERIFY(binned && binned->size() == 1 && !binned->front().until.isValid());
        QVERIFY(sweepVmBin(m_tools, kBinFarFuture));
        QVERIFY(QFile::exists(base().diskPath()));
        QVERIFY(restoreVm(m_tools, kBinBase, m_context));
        QVERIFY(hasSnapshot());
    }

    void aKillOnTheWayBackIsMadeGood_data()
    {
        QTest::addColumn<BinPhase>("phase");
        QTest::addColumn<bool>("isAutostarted");
        QTest::newRow("by us") << BinPhase::Coming << true;
        QTest::newRow("defined anew by somebody") << BinPhase::Kept << false;
        QTest::newRow("libvirt ended while it forgot it") << BinPhase::Leaving << false;
    }

    void aKillOnTheWayBackIsMadeGood()
    {
        QFETCH(BinPhase, phase);
        QFETCH(bool, isAutostarted);
        notePhase(phase);
        forget(kBinBase);
        QVERIFY(sweepVmBin(m_tools, wallClockMilliseconds()));
        QCOMPARE(listVmBin(m_tools)->size(), std::size_t{ 1 }); // killed before it was defined
        QVERIFY(defines(definition()));
        QVERIFY(listVmBin(m_tools)->empty() && !hasSnapshot());
        QVERIFY(sweepVmBin(m_tools, kBinFarFuture));
        QVERIFY(hasSnapshot());
        QCOMPARE(startsByItself(), isAutostarted);
        QVERIFY(!exists(base().binRecordPath().toStdString()));
        QVERIFY(QFile::exists(base().diskPath()));
    }

    /// Else the snapshot that a clone stands on would not be known.
    void aRemovalEndsFirstWhatAKillLeft()
    {
        makeClone();
        notePhase(BinPhase::Coming);
        forget(kBinBase);
        QVERIFY(defines(definition()));
        QCOMPARE(removeVm(m_tools, kBinBase, m_context).error().code, ErrorCode::Busy);
        QVERIFY(hasSnapshot() && QFile::exists(base().diskPath()));
    }

    void aKillOnTheWayOutIsEnded()
    {
        notePhase(BinPhase::Going);
        forget(kBinBase);
        QCOMPARE(restoreVm(m_tools, kBinBase, m_context).error().code, ErrorCode::Unsupported);
        QVERIFY(sweepVmBin(m_tools, wallClockMilliseconds()));
        QVERIFY(!QFile::exists(base().path()));
    }

    void aKillWhileTheTpmIsRemovedIsEnded()
    {
        const QString tpm = QStringLiteral("<tpm model='tpm-tis'><backend type='emulator'/></tpm>");
        const QString removal = QStringLiteral("removed-") + kBinBase;
        VmBinRecord record = recordIn(BinPhase::Going);
        record.definition = binDomainXml(QStringLiteral("base"), kBinBase, over(), tpm);
        QVERIFY(claimVmFolder(base(), kBinTestUri) && writeBinRecord(base(), record));
        forget(kBinBase);
        QVERIFY(defines(binDomainXml(removal, kBinBase, over(), tpm)));
        QVERIFY(sweepVmBin(m_tools, wallClockMilliseconds()));
        QVERIFY(!isKnown(kBinBase));
        QVERIFY(!QFile::exists(base().path()));
    }

    /// Somebody's VM under its own name is none that is being removed.
    void oneThatWasDefinedAgainDoesNotGo()
    {
        notePhase(BinPhase::Going);
        QVERIFY(sweepVmBin(m_tools, kBinFarFuture));
        QVERIFY(isKnown(kBinBase) && QFile::exists(base().diskPath()));
        QVERIFY(!exists(base().binRecordPath().toStdString()));
    }

    void waitsForWhoeverHasTheFolder()
    {
        notePhase(BinPhase::Going);
        forget(kBinBase);
        const auto other = openPath(base().path().toStdString(), O_RDONLY | O_DIRECTORY);
        QVERIFY(other && ::flock(other->fd(), LOCK_EX) == 0);
        QCOMPARE(claimIdleVmFolder(base(), kBinTestUri).error().code, ErrorCode::Busy);
        QVERIFY(sweepVmBin(m_tools, kBinFarFuture));
        QVERIFY(QFile::exists(base().diskPath()));
        QCOMPARE(::flock(other->fd(), LOCK_UN), 0);
        QVERIFY(sweepVmBin(m_tools, kBinFarFuture));
        QVERIFY(!QFile::exists(base().path()));
    }

    void leavesAFolderThatWasHandedOver()
    {
        const QString elsewhere = QStringLiteral("test:///elsewhere");
        QVERIFY(handOverVmFolders({ base().path() }, elsewhere));
        const auto refused = discards(kBinBase);
        QCOMPARE(refused.error().code, ErrorCode::Unsupported);
        QVERIFY(isKnown(kBinBase));
        const auto note = readFile((base().path() + QStringLiteral("/libvirt-uri")).toStdString());
        QVERIFY(note && *note == elsewhere.toStdString() + "\n");
        QVERIFY(!exists(base().binRecordPath().toStdString()));
    }

    void keepsNothingOfOneWithoutADefinition()
    {
        {
            const auto connection = m_tools.link->connection();
            QVERIFY(connection);
            const DomainHandle passing(twinhull::virDomainCreateXML(connection->get(),
                binDomainXml(QStringLiteral("passing"), kBinClone, QStringLiteral("/nowhere")).constData(), 0));
            QVERIFY(passing);
        }
        QCOMPARE(discards(kBinClone).error().code, ErrorCode::Unsupported);
        QVERIFY(isKnown(kBinClone));
        QVERIFY(!QFile::exists(clone().path())); // as before
    }

    /// The driver refuses to keep the state of a TPM, as libvirt before 8.9: it is as before.
    void isAsBeforeWhereLibvirtRefuses()
    {
        forget(kBinBase);
        QVERIFY(defines(binDomainXml(QStringLiteral("base"), kBinBase, over(),
            QStringLiteral("<tpm model='tpm-tis'><backend type='emulator'/></tpm>"))));
        QVERIFY(!discards(kBinBase));
        QVERIFY(isKnown(kBinBase));
        QVERIFY(!exists(base().binRecordPath().toStdString()));
    }

    void asksNoLibvirtForAnEmptyBin()
    {
        VmToolbox away = m_tools;
        away.link = std::make_shared<LibvirtLink>(
            QStringLiteral("test:///nowhere/at.xml"), m_world->folders(), deafListener());
        const auto nothing = listVmBin(away);
        QVERIFY(nothing && nothing->empty());
        QVERIFY(discards(kBinBase));
        QVERIFY(!listVmBin(away)); // what it needs is not known
    }

    void keepsTheVariablesOfTheFirmware()
    {
        const QString own = m_world->path(QStringLiteral("base_VARS.fd"));
        const QString os = QStringLiteral("<os><nvram template='/t'>%1</nvram></os>");
        QVERIFY(writeFileAtomically(own.toStdString(), "variables"));
        VmBinRecord record = recordIn(BinPhase::Leaving);
        record.definition = "<domain>" + os.arg(own).toUtf8() + "</domain>";
        record.snapshots = { { "<domainsnapshot><domain>" + os.arg(own).toUtf8() + "</domain><inactiveDomain>"
                + os.arg(own).toUtf8() + "</inactiveDomain></domainsnapshot>",
            true } };
        NvramPlace place{ own };
        QVERIFY(keepNvram(place, base(), record) && place.isCopied && record.nvramPath == own);
        const auto copy = readFile(base().nvramPath().toStdString());
        QVERIFY(copy && *copy == "variables");
        const auto connection = m_tools.link->connection();
        const VmBinRecord asKept = record;
        QVERIFY(makeWayForNvram(connection->get(), kBinBase, base(), record) && record == asKept); // left there
        QVERIFY(QFile::remove(own));
        QVERIFY(makeWayForNvram(connection->get(), kBinBase, base(), record) && record == asKept);
        QVERIFY(giveNvramBack(own, base()));
        QCOMPARE(*readFile(own.toStdString()), std::string("variables"));
        QVERIFY(takeNvramAway(own, base()) && !QFile::exists(own));
        QVERIFY(writeFileAtomically(own.toStdString(), "of another"));
        QVERIFY(takeNvramAway(own, base()) && QFile::exists(own));
        QVERIFY(makeWayForNvram(connection->get(), kBinBase, base(), record) && record.nvramPath.isEmpty());
        const QByteArray name = base().nvramPath().toUtf8();
        QVERIFY(record.definition.contains(name) && !record.definition.contains(own.toUtf8()));
        QCOMPARE(record.snapshots[0].xml.count(name), 2);
        record = asKept;
        record.nvramPath = m_world->path(QStringLiteral("out/base_VARS.fd")); // with its medium
        record.definition = "<domain>" + os.arg(record.nvramPath).toUtf8() + "</domain>";
        QVERIFY(makeWayForNvram(connection->get(), kBinBase, base(), record) && record.nvramPath.isEmpty());
        record = asKept;
        record.definition = "<domain><os firmware='efi'/></domain>"; // libvirt finds it by the name
        QCOMPARE(makeWayForNvram(connection->get(), kBinBase, base(), record).error().code, ErrorCode::AlreadyExists);
        QVERIFY(QFile::remove(own)); // one that was never started has none: no other's are its
        NvramPlace none{ own };
        QVERIFY(keepNvram(none, base(), record) && !none.isCopied);
        QVERIFY(!QFile::exists(base().nvramPath()));
    }

private:
    VmFolder base() const { return { m_world->folders(), kBinBase }; }
    VmFolder clone() const { return { m_world->folders(), kBinClone }; }
    QString over() const { return base().path() + QStringLiteral("/over.qcow2"); }
    QByteArray definition() const { return binDomainXml(QStringLiteral("base"), kBinBase, over()); }
    QByteArray snapshot() const
    {
        return binSnapshotXml(
            QStringLiteral("one"), binDomainXml(QStringLiteral("base"), kBinBase, base().diskPath()), over());
    }

    void makeBase()
    {
        QVERIFY(makeFolders(base().path().toStdString()));
        QVERIFY(claimVmFolder(base(), kBinTestUri));
        auto create = qemuImg({ "create", "-q", "-f", "qcow2", "--", base().diskPath().toStdString(), "1M" });
        QVERIFY(create && outputOf(*create, CommandRun{ std::chrono::seconds(30) }));
        QVERIFY(makeOverlay(over(), { base().diskPath(), QStringLiteral("qcow2") }));
        QVERIFY(defines(definition()));
        const auto domain = openDomain(m_tools, kBinBase);
        QVERIFY(domain && redefineSnapshot(domain->get(), snapshot(), true));
    }

    void makeClone()
    {
        QVERIFY(makeFolders(clone().path().toStdString()));
        QVERIFY(claimVmFolder(clone(), kBinTestUri));
        QVERIFY(makeOverlay(clone().diskPath(), { base().diskPath(), QStringLiteral("qcow2") }));
        QVERIFY(defines(binDomainXml(QStringLiteral("clone"), kBinClone, clone().diskPath())));
    }

    bool defines(const QByteArray& xml) const
    {
        const auto connection = m_tools.link->connection();
        return connection && DomainHandle(twinhull::virDomainDefineXML(connection->get(), xml.constData()));
    }

    Result<> discards(const QString& key) { return discardVm(m_tools, key, m_context); }

    bool isKnown(const QString& uuid) const { return bool(openDomain(m_tools, uuid)); }

    bool hasSnapshot() const
    {
        const auto domain = openDomain(m_tools, kBinBase);
        const auto records = domain ? snapshotRecordsOf(domain->get()) : domain.error();
        return records && records->size() == 1 && records->front().name == u"one" && records->front().isCurrent
            && records->front().disks.at(0).file.path == base().diskPath();
    }

    bool startsByItself() const
    {
        int isOn = 0;
        const auto domain = openDomain(m_tools, kBinBase);
        return domain && twinhull::virDomainGetAutostart(domain->get(), &isOn) == 0 && isOn == 1;
    }

    void forget(const QString& uuid) const
    {
        const auto domain = openDomain(m_tools, uuid);
        QVERIFY(domain);
        QCOMPARE(twinhull::virDomainUndefineFlags(domain->get(), VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA), 0);
    }

    VmBinRecord recordIn(BinPhase phase) const
    {
        const std::int64_t now = wallClockMilliseconds();
        return { QStringLiteral("base"), phase, now, now + 3'600'000, true, definition(), {},
            { { snapshot(), true } } };
    }

    /// What a program leaves that is killed there.
    void notePhase(BinPhase phase) const { QVERIFY(writeBinRecord(base(), recordIn(phase))); }

    BinPhase phaseOf(const QString& key) const
    {
        const auto record = readBinRecord(VmFolder(m_world->folders(), key));
        return record ? record->phase : BinPhase::Leaving;
    }

    std::optional<test::TemporaryWorld> m_world;
    VmToolbox m_tools;
    JobContext m_context{ nullptr };
};

QTEST_GUILESS_MAIN(VmBinTest)
#include "vm_bin_test.moc"
