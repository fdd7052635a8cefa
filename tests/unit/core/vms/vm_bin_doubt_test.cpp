// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/vms/bin/bin_claim.h"
#include "core/vms/bin/vm_bin.h"
#include "core/vms/bin/vm_discard.h"
#include "core/vms/disks/disk_chain.h"
#include "core/vms/disks/disk_tools.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/snapshots/external_snapshots.h"
#include "core/vms/storage/vm_removal.h"
#include "core/vms/storage/volume_users.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QFile>
#include <QTest>

#include <sys/file.h>

using namespace twinhull;

namespace {

const QString kDoubtBase = QStringLiteral("33333333-3333-4333-8333-333333333333");
const QString kDoubtClone = QStringLiteral("44444444-4444-4444-8444-444444444444");
const QString kDoubtLater = QStringLiteral("55555555-5555-4555-8555-555555555555");
const QString kDoubtUri = QStringLiteral("test:///default");
constexpr std::int64_t kDoubtFuture = 9'000'000'000'000; // milliseconds: in 2255

QByteArray doubtDomainXml(const QString& name, const QString& uuid, const QString& disk, const QString& os = {})
{
    return QStringLiteral("<domain type='test'><name>%1</name><uuid>%2</uuid><memory unit='MiB'>64</memory>"
                          "<vcpu>1</vcpu><os><type arch='x86_64'>hvm</type>%4</os><devices>"
                          "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%3'/>"
                          "<target dev='vda' bus='virtio'/></disk></devices></domain>")
        .arg(name, uuid, disk, os)
        .toUtf8();
}

/// An external one of the base, which goes back to `disk`.
QByteArray doubtSnapshotXml(const QString& name, const QString& parent, const QString& disk)
{
    return QStringLiteral("<domainsnapshot><name>%1</name>%2<state>shutoff</state>"
                          "<creationTime>1700000000</creationTime><memory snapshot='no'/><disks>"
                          "<disk name='vda' snapshot='external' type='file'><driver type='qcow2'/>"
                          "<source file='/over'/></disk></disks>%3</domainsnapshot>")
        .arg(name, parent.isEmpty() ? QString() : QStringLiteral("<parent><name>%1</name></parent>").arg(parent),
            QString::fromUtf8(doubtDomainXml(QStringLiteral("base"), kDoubtBase, disk)))
        .toUtf8();
}

} // namespace

/// What is in the bin where something is missing, or not as it was: with libvirt's test driver and real disks.
class VmBinDoubtTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world.emplace();
        const LinkListener deaf{ [](std::vector<DomainSnapshot>) {}, [](const DomainSnapshot&) {},
            [](const QString&) {}, [](const Error&) {} };
        m_tools.link = std::make_shared<LibvirtLink>(kDoubtUri, m_world->folders(), deaf);
        m_tools.folders = m_world->folders();
        m_tools.uri = kDoubtUri;
        QTRY_VERIFY_WITH_TIMEOUT(m_tools.link->connection(), 20'000);
        makeMachine(QStringLiteral("base"), base(), kDoubtBase, lowest());
    }

    void cleanup()
    {
        for (const QString& uuid : { kDoubtBase, kDoubtClone, kDoubtLater }) {
            const auto left = openDomain(m_tools, uuid);
            if (left && twinhull::virDomainUndefineFlags(left->get(), VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA) != 0)
                (void)twinhull::virDomainDestroy(left->get());
        }
        m_tools.link.reset();
        m_world.reset();
    }

    /// With its medium, perhaps: the clone stands on the base all the same.
    void aBaseStaysWhileTheLowestFileIsMissing()
    {
        makeMachine(QStringLiteral("clone"), clone(), kDoubtClone, base().diskPath());
        QVERIFY(discardVm(m_tools, kDoubtBase, m_context));
        QVERIFY(QFile::rename(lowest(), lowest() + QStringLiteral(".away")));
        const auto refused = removeVmForGood(m_tools, kDoubtBase, m_context);
        QVERIFY(!refused && refused.error().code == ErrorCode::Busy);
        QVERIFY2(refused.error().message.find("clone") != std::string::npos, refused.error().message.c_str());
        QVERIFY(sweepVmBin(m_tools, kDoubtFuture));
        QVERIFY(QFile::exists(base().diskPath()));
        const auto connection = m_tools.link->connection();
        const auto forest = DiskForest::read(m_tools, connection->get());
        QVERIFY(forest && forest->problems().isEmpty());
        QCOMPARE(forest->below(clone().diskPath()).path, DiskForest::canonicalDisk(base().diskPath()));
        QVERIFY(forest->usersOf(lowest()).contains(QStringLiteral("clone")));
    }

    void allThatIsOverGoesInOneSweep()
    {
        makeMachine(QStringLiteral("clone"), clone(), kDoubtClone, base().diskPath());
        QVERIFY(discardVm(m_tools, kDoubtBase, m_context));
        QVERIFY(discardVm(m_tools, kDoubtClone, m_context));
        QVERIFY(sweepVmBin(m_tools, kDoubtFuture));
        QVERIFY(!QFile::exists(base().path()) && !QFile::exists(clone().path()));
    }

    /// It is gone as soon as it is off, and its record with it otherwise.
    void whatRunsWithoutADefinitionKeepsItsRecord()
    {
        QVERIFY(discardVm(m_tools, kDoubtBase, m_context));
        const auto connection = m_tools.link->connection();
        const DomainHandle passing(twinhull::virDomainCreateXML(connection->get(), definition().constData(), 0));
        QVERIFY(passing);
        QVERIFY(settleIdleBinRecord(m_tools, kDoubtBase));
        QVERIFY(sweepVmBin(m_tools, kDoubtFuture));
        QVERIFY(exists(base().binRecordPath().toStdString()));
        QCOMPARE(twinhull::virDomainDestroy(passing.get()), 0);
        QCOMPARE(listVmBin(m_tools)->size(), std::size_t{ 1 });
        QVERIFY(restoreVm(m_tools, kDoubtBase, m_context));
    }

    void whatSomebodyDefinesAgainLeavesTheBin()
    {
        QVERIFY(discardVm(m_tools, kDoubtBase, m_context));
        QVERIFY(settleIdleBinRecord(m_tools, kDoubtBase)); // libvirt does not know it
        QVERIFY(exists(base().binRecordPath().toStdString()));
        QVERIFY(defines(definition()));
        QVERIFY(settleIdleBinRecord(m_tools, kDoubtBase));
        QVERIFY(!exists(base().binRecordPath().toStdString()) && QFile::exists(base().diskPath()));
    }

    /// libvirt took them with the definition, and another program defines the machine again.
    void whatSomebodyDefinesAgainHasItsVariables()
    {
        const QString own = m_world->path(QStringLiteral("own_VARS.fd"));
        QVERIFY(defines(doubtDomainXml(QStringLiteral("base"), kDoubtBase, base().diskPath(),
            QStringLiteral("<loader readonly='yes' type='pflash'>/code.fd</loader><nvram>%1</nvram>").arg(own))));
        VmToolbox session = m_tools;
        session.uri = QStringLiteral("test:///session");
        noteLeaving(base());
        QVERIFY(writeFileAtomically(base().nvramPath().toStdString(), "variables"));
        const auto domain = openDomain(session, kDoubtBase);
        QVERIFY(domain && settleKnownVm(session, *domain, base()));
        const auto given = readFile(own.toStdString());
        QVERIFY(given && *given == "variables");
        QVERIFY(!exists(base().binRecordPath().toStdString()));
    }

    /// Killed right after libvirt forgot it: its volumes are used.
    void oneThatWasLeavingUsesItsVolumes()
    {
        noteLeaving(base());
        {
            const auto domain = openDomain(m_tools, kDoubtBase);
            QVERIFY(domain && twinhull::virDomainUndefineFlags(domain->get(), 0) == 0);
        }
        QCOMPARE(usersOfVolume(base().diskPath()), QStringList(QStringLiteral("base (in the bin)")));
    }

    /// Its disk stands on another file now.
    void aSnapshotUsesWhatItGoesBackTo()
    {
        QVERIFY(makeOverlay(branch(), { lowest(), QStringLiteral("qcow2") }));
        QVERIFY(isTold(doubtSnapshotXml(QStringLiteral("one"), {}, branch())));
        QCOMPARE(usersOfVolume(branch()), QStringList(QStringLiteral("base")));
        QVERIFY(discardVm(m_tools, kDoubtBase, m_context));
        QCOMPARE(usersOfVolume(branch()), QStringList(QStringLiteral("base (in the bin)")));
    }

    void aSnapshotUsesTheVolumeThatItGoesBackTo()
    {
        QVERIFY(isTold(doubtSnapshotXml(QStringLiteral("one"), {}, QStringLiteral("/x"))
                           .replace("disk type='file' device", "disk type='volume' device")
                           .replace("file='/x'", "pool='pool' volume='volume'")));
        QVERIFY(makeOverlay(branch(), { lowest(), QStringLiteral("qcow2") }));
        QCOMPARE(usersOfVolume(branch()), QStringList(QStringLiteral("base")));
    }

    void aSnapshotThatDoesNotSayMayUseAnyVolume()
    {
        QVERIFY(isTold(doubtSnapshotXml(QStringLiteral("one"), {}, QStringLiteral("/x"))
                           .replace("type='file' device", "type='network' device")
                           .replace("file='/x'", "protocol='rbd' name='x/y'")));
        const auto connection = m_tools.link->connection();
        const auto users = VolumeUsers::read(connection->get(), m_tools);
        std::vector<MachinePool> none;
        QVERIFY(users && users->addTo(none).contains(QStringLiteral("snapshot one (base)")));
    }

    /// It forgets one snapshot after the other. One that somebody deleted has no file any more, nor have its children.
    void libvirtIsToldOfTheSnapshotsThatItHadForgottenYet()
    {
        QVERIFY(makeOverlay(branch(), { lowest(), QStringLiteral("qcow2") }));
        const QByteArray one = doubtSnapshotXml(QStringLiteral("one"), {}, lowest());
        QVERIFY(isTold(one));
        VmBinRecord record = leaving();
        record.snapshots
            = { { one, true }, { doubtSnapshotXml(QStringLiteral("two"), QStringLiteral("one"), branch()) },
                  { doubtSnapshotXml(QStringLiteral("gone"), {}, QStringLiteral("/none")) },
                  { doubtSnapshotXml(QStringLiteral("child"), QStringLiteral("gone"), branch()) } };
        QVERIFY(writeBinRecord(base(), record));
        QVERIFY(settleIdleBinRecord(m_tools, kDoubtBase));
        QVERIFY(!exists(base().binRecordPath().toStdString()));
        const auto domain = openDomain(m_tools, kDoubtBase);
        const auto known = domain ? snapshotRecordsOf(domain->get()) : domain.error();
        QVERIFY(known && known->size() == 2);
        QCOMPARE(known->at(0).name, QStringLiteral("one"));
        QVERIFY(known->at(0).isCurrent);
        QCOMPARE(known->at(1).name, QStringLiteral("two"));
    }

    void theRecordStaysWhileTheStateOfASnapshotCannotBeRead()
    {
        const QString disk = m_world->path(QStringLiteral("unreadable.qcow2"));
        QVERIFY(writeFileAtomically(disk.toStdString(), "no disk"));
        const QByteArray one = doubtSnapshotXml(QStringLiteral("one"), {}, lowest());
        QVERIFY(isTold(one));
        QByteArray inside = doubtSnapshotXml(QStringLiteral("inside"), {}, disk);
        inside.replace("snapshot='external'", "snapshot='internal'");
        VmBinRecord record = leaving();
        record.snapshots = { { one, true }, { inside } };
        QVERIFY(writeBinRecord(base(), record));
        QVERIFY(!settleIdleBinRecord(m_tools, kDoubtBase));
        QVERIFY(exists(base().binRecordPath().toStdString()));
        QVERIFY(QFile::remove(disk)); // then it is known
        QVERIFY(settleIdleBinRecord(m_tools, kDoubtBase));
    }

    /// Who has it may be taking the VM to the bin, and say so.
    void aRemovalWaitsForWhoeverHasTheFolder()
    {
        const auto other = openPath(base().path().toStdString(), O_RDONLY | O_DIRECTORY);
        QVERIFY(other && ::flock(other->fd(), LOCK_EX) == 0);
        QThreadPool pool;
        ThreadJob job(QStringLiteral("remove"), &pool,
            [tools = m_tools](JobContext& context) { return removeVm(tools, kDoubtBase, context); });
        connect(&job, &Job::stepChanged, &job, &Job::cancel); // it waits
        QVERIFY(!test::runJob(job));
        QCOMPARE(job.state(), Job::State::Cancelled);
        QVERIFY(openDomain(m_tools, kDoubtBase) && QFile::exists(base().diskPath()));
    }

    void oneWhoseFolderIsOfAnotherLibvirtIsNotRemoved()
    {
        QVERIFY(handOverVmFolders({ base().path() }, QStringLiteral("test:///elsewhere")));
        const auto refused = removeVm(m_tools, kDoubtBase, m_context);
        QVERIFY(!refused && refused.error().code == ErrorCode::Unsupported);
        QVERIFY(openDomain(m_tools, kDoubtBase) && QFile::exists(base().diskPath()));
    }

    void aDiskThatAnotherTookMeanwhileStays()
    {
        const auto connection = m_tools.link->connection();
        {
            const DomainHandle own(twinhull::virDomainLookupByName(connection->get(), "test")); // its disk is nowhere
            QVERIFY(own && twinhull::virDomainDestroy(own.get()) == 0);
            QCOMPARE(twinhull::virDomainUndefineFlags(own.get(), 0), 0);
        }
        const QString disk = m_world->path(QStringLiteral("outside.qcow2"));
        QVERIFY(makeOverlay(disk, { lowest(), QStringLiteral("qcow2") }));
        QVERIFY(makeFolders(clone().path().toStdString()));
        QVERIFY(defines(doubtDomainXml(QStringLiteral("leaving"), kDoubtClone, disk)));
        auto other = openPath(clone().path().toStdString(), O_RDONLY | O_DIRECTORY);
        QVERIFY(other && ::flock(other->fd(), LOCK_EX) == 0);
        QThreadPool pool;
        VmRemoval removal(m_tools, &pool);
        const auto job = removal.removeWithDisks({ WorkloadKind::Vm, kDoubtClone }, { disk });
        connect(job.get(), &Job::stepChanged, this, [&] { // it has asked who uses that disk, and waits
            QVERIFY(defines(doubtDomainXml(QStringLiteral("later"), kDoubtLater, disk)));
            QCOMPARE(::flock(other->fd(), LOCK_UN), 0);
        });
        const auto outcome = test::runJob(*job);
        QVERIFY(!outcome && outcome.error().code == ErrorCode::Busy);
        QVERIFY2(outcome.error().message.find("used by later") != std::string::npos, outcome.error().message.c_str());
        QVERIFY(!openDomain(m_tools, kDoubtClone) && QFile::exists(disk));
    }

private:
    VmFolder base() const { return { m_world->folders(), kDoubtBase }; }
    VmFolder clone() const { return { m_world->folders(), kDoubtClone }; }
    QString lowest() const { return m_world->path(QStringLiteral("lowest.qcow2")); }
    QString branch() const { return m_world->path(QStringLiteral("branch.qcow2")); }
    QByteArray definition() const { return doubtDomainXml(QStringLiteral("base"), kDoubtBase, base().diskPath()); }

    void makeMachine(const QString& name, const VmFolder& folder, const QString& uuid, const QString& below)
    {
        QVERIFY(makeFolders(folder.path().toStdString()));
        QVERIFY(claimVmFolder(folder, kDoubtUri));
        if (!QFile::exists(below)) {
            auto create = qemuImg({ "create", "-q", "-f", "qcow2", "--", below.toStdString(), "1M" });
            QVERIFY(create && outputOf(*create, CommandRun{ std::chrono::seconds(30) }));
        }
        QVERIFY(makeOverlay(folder.diskPath(), { below, QStringLiteral("qcow2") }));
        QVERIFY(defines(doubtDomainXml(name, uuid, folder.diskPath())));
    }

    bool defines(const QByteArray& xml) const
    {
        const auto connection = m_tools.link->connection();
        return connection && DomainHandle(twinhull::virDomainDefineXML(connection->get(), xml.constData()));
    }

    bool isTold(const QByteArray& snapshotXml) const
    {
        const auto domain = openDomain(m_tools, kDoubtBase);
        return domain && redefineSnapshot(domain->get(), snapshotXml, true);
    }

    QStringList usersOfVolume(const QString& path) const
    {
        std::vector<MachinePool> pools(1);
        pools[0].volumes.resize(1);
        pools[0].volumes[0].path = path;
        pools[0].name = QStringLiteral("pool");
        pools[0].volumes[0].name = QStringLiteral("volume");
        const auto connection = m_tools.link->connection();
        const auto users = VolumeUsers::read(connection->get(), m_tools);
        if (!users)
            return { QString::fromStdString(users.error().toLine()) };
        users->addTo(pools);
        QStringList names;
        for (const MachineVolumeUser& user : pools[0].volumes[0].users)
            names << user.name;
        return names;
    }

    VmBinRecord leaving() const
    {
        const std::int64_t now = wallClockMilliseconds();
        return { QStringLiteral("base"), BinPhase::Leaving, now, now + 3'600'000, false, definition(), {}, {} };
    }

    void noteLeaving(const VmFolder& folder) const { QVERIFY(writeBinRecord(folder, leaving())); }

    std::optional<test::TemporaryWorld> m_world;
    VmToolbox m_tools;
    JobContext m_context{ nullptr };
};

QTEST_GUILESS_MAIN(VmBinDoubtTest)
#include "vm_bin_doubt_test.moc"
