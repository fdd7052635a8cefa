// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/vms/bin/bin_claim.h"
#include "core/vms/bin/vm_bin.h"
#include "core/vms/bin/vm_discard.h"
#include "core/vms/disks/disk_chain.h"
#include "core/vms/disks/disk_tools.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/storage/volume_users.h"
#include "tests/support/temporary_world.h"

#include <QFile>
#include <QTest>

using namespace twinhull;

namespace {

const QString kDoubtBase = QStringLiteral("33333333-3333-4333-8333-333333333333");
const QString kDoubtClone = QStringLiteral("44444444-4444-4444-8444-444444444444");
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
        for (const QString& uuid : { kDoubtBase, kDoubtClone }) {
            const auto left = openDomain(m_tools, uuid);
            if (left && twinhull::virDomainUndefineFlags(left->get(), 0) != 0)
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
        std::vector<MachinePool> pools(1);
        pools[0].volumes.resize(1);
        pools[0].volumes[0].path = base().diskPath();
        const auto connection = m_tools.link->connection();
        const auto users = VolumeUsers::read(connection->get(), m_tools);
        QVERIFY(users);
        users->addTo(pools);
        QCOMPARE(pools[0].volumes[0].users.size(), std::size_t{ 1 });
    }

private:
    VmFolder base() const { return { m_world->folders(), kDoubtBase }; }
    VmFolder clone() const { return { m_world->folders(), kDoubtClone }; }
    QString lowest() const { return m_world->path(QStringLiteral("lowest.qcow2")); }
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

    void noteLeaving(const VmFolder& folder) const
    {
        const std::int64_t now = wallClockMilliseconds();
        QVERIFY(writeBinRecord(
            folder, { QStringLiteral("base"), BinPhase::Leaving, now, now + 3'600'000, false, definition(), {}, {} }));
    }

    std::optional<test::TemporaryWorld> m_world;
    VmToolbox m_tools;
    JobContext m_context{ nullptr };
};

QTEST_GUILESS_MAIN(VmBinDoubtTest)
#include "vm_bin_doubt_test.moc"
