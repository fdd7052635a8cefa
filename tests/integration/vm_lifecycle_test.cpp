// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/images/image_store.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/vms/link/session_daemon.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/vm_provider.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <sys/socket.h>

using namespace twinhull;

/// VMs with a disk of their own, on a real QEMU through a private session libvirt; nothing boots on the empty disk.
class VmLifecycleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_world.isValid());
        QFile disk(diskPath());
        QVERIFY(disk.open(QIODevice::WriteOnly) && disk.resize(1 << 20));
        m_provider = std::make_unique<VmProvider>(m_world.folders(), m_images, options());
        QSignalSpy settled(m_provider.get(), &VmProvider::settled);
        QVERIFY(m_provider->isSettled() || settled.wait(60'000));
        const auto available = m_provider->availability();
        QVERIFY2(available, available ? "" : available.error().message.c_str());
    }

    void cleanupTestCase() { m_provider.reset(); }

    void cleanup()
    {
        for (const WorkloadInfo& vm : m_provider->workloads())
            QVERIFY(test::runJob(*m_provider->remove(vm.id)));
        QVERIFY(m_provider->workloads().empty());
        QVERIFY(QFile::exists(diskPath())); // the person's own
    }

    void goesThroughItsLife()
    {
        const WorkloadId id = made();
        QCOMPARE(info(id).state, WorkloadState::Stopped);
        QVERIFY(succeeds(m_provider->start(id)));
        QCOMPARE(info(id).state, WorkloadState::Running);
        QCOMPARE(info(id).engine, QStringLiteral("tcg"));
        QCOMPARE(info(id).footprint.rootPids.size(), std::size_t(1));
        QVERIFY(succeeds(m_provider->pause(id)));
        QCOMPARE(info(id).state, WorkloadState::Paused);
        QVERIFY(succeeds(m_provider->resume(id)));
        QCOMPARE(info(id).state, WorkloadState::Running);
        QVERIFY(succeeds(m_provider->stop(id, StopMode::Force)));
        QCOMPARE(info(id).state, WorkloadState::Stopped);
    }

    /// As libvirt hands it out, and in a viewer that says what it was asked for.
    void opensItsScreen()
    {
        const WorkloadId id = made();
        const auto screens = std::make_shared<std::vector<MachineScreen>>();
        QVERIFY(succeeds(m_provider->screens().readScreens(info(id), screens)));
        QCOMPARE(screens->size(), std::size_t(1));
        QCOMPARE(screens->front().kind, MachineScreen::Kind::Vnc);
        QVERIFY(screens->front().hasTablet);
        const auto opened = std::make_shared<OpenedScreen>();
        const auto early = test::runJob(*m_provider->screens().openScreen(info(id), 0, opened));
        QVERIFY(!early && early.error().message.find("does not run") != std::string::npos);
        QVERIFY(succeeds(m_provider->start(id)));
        QVERIFY(succeeds(m_provider->screens().openScreen(info(id), 0, opened)));
        QCOMPARE(opened->way, OpenedScreen::Way::Local);
        QByteArray said(12, 0);
        QCOMPARE(::recv(opened->descriptor.fd(), said.data(), 12, MSG_WAITALL), ssize_t{ 12 });
        QCOMPARE(said, QByteArray("RFB 003.008\n"));
        const auto another = test::runJob(*m_provider->screens().openScreen(info(id), 1, opened));
        QVERIFY(!another && another.error().code == ErrorCode::NotFound);

        const QString told = m_world.path(QStringLiteral("viewer.told"));
        QVERIFY(writeFileAtomically(m_world.path(QStringLiteral("virt-viewer")).toStdString(),
            "#!/bin/sh\necho \"$*\" > " + told.toStdString() + ".part\nmv " + told.toStdString() + ".part "
                + told.toStdString() + '\n',
            0755));
        const QByteArray before = qgetenv("PATH");
        qputenv("PATH", m_world.path().toUtf8() + ':' + before);
        const bool isShown = succeeds(m_provider->screens().openInViewer(info(id), 0));
        qputenv("PATH", before);
        QVERIFY(isShown);
        QTRY_VERIFY(QFile::exists(told));
        QFile file(told);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray words = file.readAll();
        QVERIFY2(words.startsWith("--connect qemu:///session") && words.endsWith("--attach " + id.key.toUtf8() + '\n'),
            words.constData());
    }

    void publishesPortsOfAnySystem()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const quint16 port = server.serverPort();
        server.close();
        WorkloadPlan plan = diskPlan();
        plan.ports = { { QStringLiteral("127.0.0.1"), port, 22 } };
        QVERIFY(succeeds(m_provider->create(plan)));
        QVERIFY(succeeds(m_provider->start(m_provider->workloads().front().id)));
        QTcpSocket socket;
        QSignalSpy connected(&socket, &QTcpSocket::connected);
        socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        QVERIFY(!connected.isEmpty()
            || connected.wait(test::kTestPatienceMilliseconds)); // QEMU takes it, whoever answers inside
    }

    /// Nothing on the disk hears the power button.
    void leavesAGuestThatDoesNotShutDownToThePerson()
    {
        const WorkloadId id = made();
        QVERIFY(succeeds(m_provider->start(id)));
        QVERIFY(succeeds(m_provider->pause(id)));
        const auto stopped = test::runJob(*m_provider->stop(id, StopMode::Graceful)); // which lets it go on first
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::Timeout);
        QVERIFY(QString::fromStdString(stopped.error().hint).contains(QStringLiteral("--force")));
        const QString tried = QString::fromStdString(stopped.error().message);
        QVERIFY2(
            tried.contains(QStringLiteral("the power button (")) && tried.contains(QStringLiteral("qemu-guest-agent")),
            qPrintable(tried));
        QCOMPARE(info(id).state, WorkloadState::Running);
        QVERIFY(info(id).capabilities.testFlag(Capability::ForceOff));
    }

    void isFoundAgainByAnotherProgram()
    {
        const WorkloadId id = made();
        QVERIFY(succeeds(m_provider->start(id)));
        VmProvider other(m_world.folders(), m_images, options());
        QSignalSpy settled(&other, &VmProvider::settled);
        QVERIFY(other.isSettled() || settled.wait(60'000));
        QCOMPARE(other.workloads().size(), std::size_t(1));
        QCOMPARE(other.workloads().front().state, WorkloadState::Running);
        QCOMPARE(other.workloads().front().footprint, info(id).footprint);
    }

    void saysThatQemuWasKilled()
    {
        const WorkloadId id = made();
        QVERIFY(succeeds(m_provider->start(id)));
        m_session.kill(info(id).footprint.rootPids.front());
        QTRY_COMPARE_WITH_TIMEOUT(info(id).state, WorkloadState::Failed, 20'000);
        QVERIFY(!info(id).stateReason.isEmpty());
        QVERIFY(info(id).footprint.isEmpty());
    }

    void comesBackAfterLibvirtdDied()
    {
        const WorkloadId id = made();
        QVERIFY(succeeds(m_provider->start(id)));
        QSignalSpy changed(m_provider.get(), &WorkloadProvider::availabilityChanged);
        m_session.kill(m_session.libvirtd());
        QVERIFY(changed.wait(30'000));
        QCOMPARE(info(id).state, WorkloadState::Unknown);
        QVERIFY(!m_provider->availability());
        QTRY_COMPARE_WITH_TIMEOUT(info(id).state, WorkloadState::Running, 60'000);
        QVERIFY(bool(m_provider->availability()));
        QVERIFY(succeeds(m_provider->stop(id, StopMode::Force)));
    }

    void makesADiskForAnInstallation()
    {
        WorkloadPlan plan = diskPlan();
        plan.source = IsoSource{ diskPath(), 64U << 20U };
        QVERIFY(succeeds(m_provider->create(plan)));
        const WorkloadId id = m_provider->workloads().front().id;
        const QString folder = QString::fromStdString(m_world.folders().vms()) + u'/' + id.key;
        QVERIFY(QFile::exists(folder + QStringLiteral("/disk.qcow2")));
        QVERIFY(succeeds(m_provider->remove(id)));
        QVERIFY(!QFile::exists(folder));
    }

    /// libvirt has no event for these (virsh, virt-manager): the link looks for them.
    void tellsOfLimitsAndSnapshotsThatOthersMade()
    {
        WorkloadPlan plan = diskPlan();
        plan.source = IsoSource{ diskPath(), 64U << 20U };
        QVERIFY(succeeds(m_provider->create(plan)));
        const WorkloadId id = m_provider->workloads().front().id;
        QVERIFY(succeeds(m_provider->start(id)));
        const std::uint64_t before = *info(id).limits.memoryBytes;
        const ConnectionHandle other(
            twinhull::virConnectOpen(effectiveUri(QStringLiteral("qemu:///session")).toUtf8().constData()));
        QVERIFY(other);
        const auto domain = findDomain(other.get(), id.key);
        QVERIFY(domain);
        const QDateTime asked = QDateTime::currentDateTime();
        const QByteArray xml("<domainsnapshot><name>by-hand</name></domainsnapshot>");
        const std::unique_ptr<virDomainSnapshot, VirDeleter<&twinhull::virDomainSnapshotFree>> taken(
            twinhull::virDomainSnapshotCreateXML(domain->get(), xml.constData(), 0));
        QVERIFY2(taken, libvirtError("snapshot").message.c_str());
        QTRY_COMPARE_WITH_TIMEOUT(info(id).snapshots.size(), std::size_t{ 1 }, 60'000);
        QCOMPARE(info(id).snapshots.front().name, QStringLiteral("by-hand"));
        QVERIFY(std::abs(info(id).snapshots.front().takenAt.secsTo(asked)) < 60);
        QVERIFY(succeeds(m_provider->stop(id, StopMode::Force)));
        QCOMPARE(
            twinhull::virDomainSetVcpusFlags(domain->get(), 2, VIR_DOMAIN_VCPU_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM), 0);
        QCOMPARE(twinhull::virDomainSetVcpusFlags(domain->get(), 2, VIR_DOMAIN_AFFECT_CONFIG), 0);
        QCOMPARE(twinhull::virDomainSetMemoryFlags(domain->get(), before / 2048, VIR_DOMAIN_AFFECT_CONFIG), 0);
        QTRY_COMPARE_WITH_TIMEOUT(info(id).limits.cpus, std::optional(2.0), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(info(id).limits.memoryBytes, std::optional(before / 2), 60'000);
        QCOMPARE(twinhull::virDomainSnapshotDelete(taken.get(), 0), 0);
        QTRY_VERIFY_WITH_TIMEOUT(info(id).snapshots.empty(), 60'000);
    }

    void sweepsFoldersThatNeverBecameVms()
    {
        const WorkloadId id = made();
        const VmFolder defined(m_world.folders(), id.key);
        const VmFolder orphan(m_world.folders(), QStringLiteral("11111111-1111-4111-8111-111111111111"));
        const VmFolder stranger(m_world.folders(), QStringLiteral("22222222-2222-4222-8222-222222222222"));
        const VmFolder unmarked(m_world.folders(), QStringLiteral("33333333-3333-4333-8333-333333333333"));
        const VmFolder inMaking(m_world.folders(), QStringLiteral("44444444-4444-4444-8444-444444444444"));
        QVERIFY(makeFolders(unmarked.path().toStdString()));
        QVERIFY(beginVmFolder(orphan, options().uri)); // given back at once, as by a maker that was killed
        QVERIFY(beginVmFolder(stranger, QStringLiteral("qemu:///system")));
        const auto claim = beginVmFolder(inMaking, options().uri);
        QVERIFY(claim);
        const VmProvider next(m_world.folders(), m_images, options());
        QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(orphan.path()), 20'000);
        for (const VmFolder* folder : { &defined, &stranger, &unmarked, &inMaking })
            QVERIFY(QFile::exists(folder->path()));
        for (const VmFolder* folder : { &stranger, &unmarked, &inMaking })
            QVERIFY(removeTree(folder->path().toStdString()));
    }

    void saysWhatToDoWhereItDoesNotStart()
    {
        const WorkloadId id = made();
        QVERIFY(succeeds(m_provider->start(id)));
        WorkloadPlan plan = diskPlan();
        plan.name = QStringLiteral("second");
        QVERIFY(succeeds(m_provider->create(plan)));
        const auto locked = test::runJob(*m_provider->start(named(plan.name)));
        QVERIFY(!locked);
        QVERIFY2(locked.error().hint.find("has that disk open") != std::string::npos, locked.error().toLine().c_str());
        const QString medium = m_world.path(QStringLiteral("medium.iso"));
        QVERIFY(QFile::copy(diskPath(), medium));
        plan.name = QStringLiteral("third");
        plan.source = IsoSource{ medium, 64U << 20U };
        QVERIFY(succeeds(m_provider->create(plan)));
        QVERIFY(QFile::remove(medium));
        const auto missing = test::runJob(*m_provider->start(named(plan.name)));
        QVERIFY(!missing);
        QVERIFY2(missing.error().message.find("the medium in its drive") != std::string::npos
                && missing.error().hint.find("source=") != std::string::npos,
            missing.error().toLine().c_str());
    }

    /// As `virsh undefine` does, and virt-manager's delete that is to keep the storage.
    void leavesTheDiskOfAVmThatAnotherUndefined()
    {
        WorkloadPlan plan = diskPlan();
        plan.source = IsoSource{ diskPath(), 64U << 20U };
        QVERIFY(succeeds(m_provider->create(plan)));
        const WorkloadId id = m_provider->workloads().front().id;
        const VmFolder folder(m_world.folders(), id.key);
        const VmFolder orphan(m_world.folders(), QStringLiteral("11111111-1111-4111-8111-111111111111"));
        const ConnectionHandle other(
            twinhull::virConnectOpen(effectiveUri(QStringLiteral("qemu:///session")).toUtf8().constData()));
        QVERIFY(other);
        const auto domain = findDomain(other.get(), id.key);
        QVERIFY(domain);
        QCOMPARE(twinhull::virDomainUndefine(domain->get()), 0);
        QTRY_VERIFY(m_provider->workloads().empty());
        QVERIFY(beginVmFolder(orphan, options().uri));
        const VmProvider next(m_world.folders(), m_images, options());
        QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(orphan.path()), 20'000); // it swept
        QVERIFY(QFile::exists(folder.diskPath()));
        QVERIFY(removeTree(folder.path().toStdString()));
    }

    void refusesBadPlans_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<quint64>("memoryBytes");
        QTest::addColumn<QString>("disk");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("name in use") << "first" << quint64(128 << 20) << diskPath() << ErrorCode::AlreadyExists;
        QTest::newRow("no name") << " " << quint64(128 << 20) << diskPath() << ErrorCode::InvalidArgument;
        QTest::newRow("path as name") << "../x" << quint64(128 << 20) << diskPath() << ErrorCode::InvalidArgument;
        QTest::newRow("more memory than the host")
            << "b" << (quint64(1) << 60U) << diskPath() << ErrorCode::InvalidArgument;
        QTest::newRow("missing disk") << "b" << quint64(128 << 20) << "/nowhere/disk" << ErrorCode::NotFound;
    }

    void refusesBadPlans()
    {
        made();
        QFETCH(QString, name);
        QFETCH(quint64, memoryBytes);
        QFETCH(QString, disk);
        QFETCH(ErrorCode, code);
        WorkloadPlan plan = diskPlan();
        plan.name = name;
        plan.limits.memoryBytes = memoryBytes;
        plan.source = DiskSource{ disk };
        const auto result = test::runJob(*m_provider->create(plan));
        QVERIFY(!result);
        QCOMPARE(result.error().code, code);
        QVERIFY(!result.error().hint.empty());
        QCOMPARE(m_provider->workloads().size(), std::size_t(1));
    }

private:
    static VmOptions options()
    {
        return { QStringLiteral("qemu:///session"), AccelerationChoice::Tcg, std::chrono::seconds(2) };
    }

    QString diskPath() const { return m_world.path(QStringLiteral("disk.img")); }

    WorkloadPlan diskPlan() const
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("first");
        plan.source = DiskSource{ diskPath() };
        plan.limits.memoryBytes = 128U << 20U;
        return plan;
    }

    WorkloadId made()
    {
        if (!succeeds(m_provider->create(diskPlan())) || m_provider->workloads().empty())
            return {};
        return m_provider->workloads().front().id;
    }

    WorkloadId named(const QString& name) const
    {
        for (const WorkloadInfo& vm : m_provider->workloads()) {
            if (vm.name == name)
                return vm.id;
        }
        return {};
    }

    WorkloadInfo info(const WorkloadId& id) const
    {
        for (const WorkloadInfo& vm : m_provider->workloads()) {
            if (vm.id == id)
                return vm;
        }
        return {};
    }

    static bool succeeds(std::unique_ptr<Job> job)
    {
        const auto result = test::runJob(*job);
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return bool(result);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    ImageStore m_images{ m_world.folders() };
    std::unique_ptr<VmProvider> m_provider;
};

QTEST_GUILESS_MAIN(VmLifecycleTest)
#include "vm_lifecycle_test.moc"
