// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/data_folders.h"
#include "core/base/files.h"
#include "core/images/guest_kernel.h"
#include "core/images/image_store.h"
#include "core/images/starter_image.h"
#include "core/metrics/metric_source.h"
#include "core/vms/link/session_daemon.h"
#include "core/vms/making/machine_note.h"
#include "core/vms/vm_provider.h"
#include "tests/support/http.h"
#include "tests/support/kernel_package.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QFile>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>

#include <sys/file.h>
#include <sys/stat.h>

using namespace twinhull;

/// The starter image as a VM: real kernel, real QEMU (emulated), private session libvirt.
class VmImageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        prepareWorld();
        m_provider = std::make_unique<VmProvider>(m_world.folders(), *m_images, options());
        QSignalSpy settled(m_provider.get(), &VmProvider::settled);
        QVERIFY(m_provider->isSettled() || settled.wait(60'000));
        QVERIFY(bool(m_provider->availability()));
    }

    void cleanup()
    {
        for (const WorkloadInfo& vm : m_provider->workloads())
            QVERIFY(test::runJob(*m_provider->remove(vm.id)));
    }

    void cleanupTestCase() { m_provider.reset(); }

    void answersOnItsPublishedPort()
    {
        const std::uint16_t port = freePort();
        WorkloadPlan plan = starterPlan();
        plan.ports = { { QStringLiteral("127.0.0.1"), port, 8080 } };
        const WorkloadId id = started(plan);
        QVERIFY2(!id.key.isEmpty(), "did not start");
        QVERIFY(!test::httpGet(port, "/").isEmpty());
        showsItsMarksAndProcess(id);
        showsWhatTheGuestReports(id);
        QVERIFY2(info(id).machine.startsWith(u"pc-q35-"), qPrintable(info(id).machine));
        QVERIFY(info(id).machineReason.contains(QLatin1String(kMachineLabel))); // and how to get the other
        QVERIFY(succeeds(m_provider->stop(id, StopMode::Graceful)));
        QCOMPARE(info(id).state, WorkloadState::Stopped); // no later than the job's end
        QVERIFY(info(id).exitStatus.has_value());
    }

    /// It finds its devices without a PCI bus, and its clock goes whatever else this computer does.
    void answersInAMicrovmWhereOneIsAskedFor()
    {
        const std::uint16_t port = freePort();
        WorkloadPlan plan = starterPlan();
        plan.labels = { { QLatin1String(kMachineLabel), QStringLiteral("microvm") } };
        plan.ports = { { QStringLiteral("127.0.0.1"), port, 8080 } };
        const WorkloadId id = started(plan);
        QVERIFY2(!id.key.isEmpty(), "did not start");
        QCOMPARE(info(id).machine, QStringLiteral("microvm"));
        QVERIFY(!info(id).machineReason.isEmpty());
        QVERIFY(!test::httpGet(port, "/").isEmpty());
        showsWhatTheGuestReports(id);
        QVERIFY(succeeds(m_provider->stop(id, StopMode::Graceful)));
        QVERIFY(info(id).exitStatus.has_value());
    }

    /// QEMU has no HPET in a microvm and refuses the word; a q35 takes it.
    void becomesAQ35WhereItDoesNotStartAsAMicrovmThatNobodyChose()
    {
        const std::uint16_t port = freePort();
        WorkloadPlan plan = starterPlan();
        plan.labels = { { QLatin1String(kMachineLabel), QStringLiteral("microvm") } };
        plan.ports = { { QStringLiteral("127.0.0.1"), port, 8080 } };
        QVERIFY(succeeds(m_provider->create(plan)));
        const WorkloadId id = m_provider->workloads().front().id;
        const VmFolder folder(m_world.folders(), id.key);
        QVERIFY(redefine(id, "<clock offset='utc'/>",
            QStringLiteral("<clock offset='utc'><timer name='hpet' present='no'/></clock>")));
        const auto refused = test::runJob(*m_provider->start(id), std::chrono::seconds(120));
        QVERIFY(!refused); // it was asked for by name
        QVERIFY2(refused.error().hint.find("--machine q35") != std::string::npos, refused.error().hint.c_str());
        QVERIFY(redefine(id, "<twinhull:label [^>]*org.twinhull.machine[^>]*/>", {})); // now nobody asked
        QTRY_VERIFY_WITH_TIMEOUT(info(id).labels.isEmpty(), 20'000);
        staysWhatItWasWhereNoMachineStarts(id, folder);
        leavesItToAnotherStart(id, folder);

        const ino_t disk = inodeOf(folder.overlayPath());
        QVERIFY(succeeds(m_provider->start(id)));
        QVERIFY(!test::httpGet(port, "/").isEmpty());
        QVERIFY2(info(id).machine.startsWith(u"pc-q35-"), qPrintable(info(id).machine));
        QVERIFY2(info(id).machineReason.contains(QStringLiteral("hpet")), qPrintable(info(id).machineReason));
        QVERIFY(info(id).madeAgainAt.isValid());
        QVERIFY(disk != 0 && inodeOf(folder.overlayPath()) == disk);
        QVERIFY(rememberedFailure(id).value_or(QString()).contains(QStringLiteral("hpet")));
        QVERIFY(succeeds(m_provider->stop(id, StopMode::Graceful)));
    }

    void refusesAMachineThatItCannotMake()
    {
        WorkloadPlan plan = starterPlan();
        plan.labels = { { QLatin1String(kMachineLabel), QStringLiteral("isapc") } };
        const auto result = test::runJob(*m_provider->create(plan));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
        QVERIFY(m_provider->workloads().empty());
    }

    void keepsTheExitStatusOfItsProgram()
    {
        WorkloadPlan plan = starterPlan();
        plan.command
            = shell(QStringLiteral("echo hello from inside, $(cat /proc/sys/kernel/tainted); sleep 1; exit 7"));
        const WorkloadId id = started(plan);
        QVERIFY(!id.key.isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(info(id).state, WorkloadState::Stopped, 60'000);
        QCOMPARE(info(id).exitStatus, std::optional(7));
        const QByteArray text = textOf(info(id).logPath);
        // no signatures to check, because it is emulated
        QVERIFY2(text.contains("hello from inside, 8192\n"), text.constData());
        QVERIFY(succeeds(m_provider->start(id))); // and again, on its own layer
    }

    void takesWhatThePlanSaysOfTheProcess()
    {
        WorkloadPlan plan = starterPlan();
        plan.process.entrypoint = QStringList{ QStringLiteral("/bin/sh"), QStringLiteral("-c") };
        plan.process.user = QStringLiteral("1234:567");
        plan.process.workingFolder = QStringLiteral("/made/for it");
        plan.naming.hostName = QStringLiteral("db.example");
        plan.labels = { { QStringLiteral("owner"), QStringLiteral("R & D") } };
        plan.command = QStringList{ QStringLiteral("echo I am $(id -u):$(id -g) in $(pwd) on $(hostname); sleep 1") };
        const WorkloadId id = started(plan);
        QVERIFY(!id.key.isEmpty());
        QCOMPARE(info(id).labels, plan.labels);
        QTRY_COMPARE_WITH_TIMEOUT(info(id).state, WorkloadState::Stopped, 60'000);
        const QByteArray text = textOf(info(id).logPath);
        QVERIFY2(text.contains("I am 1234:567 in /made/for it on db.example\n"), text.constData());
    }

    void startsAProgramThatEndsAtOnce()
    {
        WorkloadPlan plan = starterPlan();
        plan.command = QStringList{ QStringLiteral("/no/such/program") };
        const WorkloadId id = started(plan);
        QVERIFY(!id.key.isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(info(id).state, WorkloadState::Stopped, 60'000);
        QVERIFY(info(id).exitStatus.value_or(0) != 0);
    }

    void refusesAPortInUse()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        WorkloadPlan plan = starterPlan();
        plan.ports = { { QStringLiteral("127.0.0.1"), server.serverPort(), 8080 } };
        const auto result = test::runJob(*m_provider->create(plan));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Busy);
        QVERIFY(m_provider->workloads().empty());
    }

    void refusesAnUnknownImage()
    {
        WorkloadPlan plan = starterPlan();
        plan.source = ImageSource{ QStringLiteral("no/such/image") };
        const auto result = test::runJob(*m_provider->create(plan));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::NotFound);
    }

private:
    static VmOptions options()
    {
        return { QStringLiteral("qemu:///session"), AccelerationChoice::Tcg, std::chrono::seconds(60) };
    }

    void prepareWorld()
    {
        QVERIFY(m_world.isValid());
        qputenv("TWINHULL_LIBEXEC", TH_BIN_DIR);
        const auto package = test::sharedKernelPackage(TH_SOURCE_DIR, TH_BUILD_DIR);
        QVERIFY2(package, package ? "" : package.error().message.c_str());
        QVERIFY(succeeds(prepareGuestKernel(m_world.folders(), *package, QStringLiteral(TH_BIN_DIR "/guest-init"))));
        const auto built = test::runJob(*buildStarterImage(m_world.folders(), QStringLiteral("/bin/busybox")));
        QVERIFY2(built, built ? "" : built.error().message.c_str());
        m_images = std::make_unique<ImageStore>(m_world.folders());
        m_images->refresh();
        QVERIFY(m_images->find(QStringLiteral("starter")));
    }

    static WorkloadPlan starterPlan()
    {
        WorkloadPlan plan;
        plan.name = QStringLiteral("starter");
        plan.source = ImageSource{ QStringLiteral("starter") };
        return plan;
    }

    /// The starter's entrypoint runs the command that it is given.
    static QStringList shell(const QString& script)
    {
        return { QStringLiteral("/bin/sh"), QStringLiteral("-c"), script };
    }

    WorkloadId started(const WorkloadPlan& plan)
    {
        if (!succeeds(m_provider->create(plan)) || m_provider->workloads().empty())
            return {};
        const WorkloadId id = m_provider->workloads().front().id;
        return succeeds(m_provider->start(id)) ? id : WorkloadId{};
    }

    void showsItsMarksAndProcess(const WorkloadId& id) const
    {
        const WorkloadInfo vm = info(id);
        QStringList names;
        for (const StartupMark& mark : vm.startupMarks)
            names << mark.name;
        QCOMPARE(names.front(), QStringLiteral("request"));
        for (const char* name :
            { "called", "qemu", "resumed", "kernel", "init", "modules", "root", "network", "ready" })
            QVERIFY2(names.contains(QLatin1String(name)), name);
        QVERIFY(startupNanoseconds(vm).value_or(0) > 0);
        QVERIFY(startupNanoseconds(vm, QStringLiteral("called")) < startupNanoseconds(vm, QStringLiteral("created")));
        QVERIFY(vm.definitionNanoseconds.value_or(0) > 0);
        QVERIFY(startupNanoseconds(vm, QStringLiteral("kernel")) < startupNanoseconds(vm, QStringLiteral("init")));
        QVERIFY(QFile::exists(QStringLiteral("/proc/%1").arg(vm.footprint.rootPids.front())));
        QCOMPARE(vm.engine, QStringLiteral("tcg"));
        QVERIFY(!vm.stateReason.isEmpty());
    }

    void showsWhatTheGuestReports(const WorkloadId& id) const
    {
        const auto source = m_provider->figuresSource();
        const std::vector targets{ MetricTarget{ id, info(id).footprint } };
        const auto sampled = [&] {
            std::vector<Sample> samples(1);
            source->read(targets, samples);
            return samples.front();
        };
        QTRY_VERIFY_WITH_TIMEOUT(sampled().guest.memoryUsedBytes.has_value(), 20'000);
        QVERIFY(*sampled().guest.memoryUsedBytes > 0U && *sampled().guest.memoryUsedBytes < (256U << 20U));
        const GuestFigures guest = sampled().guest;
        QCOMPARE(guest.swapUsedBytes.value_or(1), std::uint64_t{ 0 }); // it has no swap
        QVERIFY(guest.loadThousandths.has_value());
        QVERIFY(guest.rootUsedBytes.value_or(0) > 0U && *guest.rootUsedBytes < guest.rootSizeBytes.value_or(0));
        QVERIFY(sampled().isNetworkGuestView);
        bool hasCounted = false; // the macro asks once more, and a counter is handed out once
        const auto counts = [&] { return hasCounted = hasCounted || sampled().networkReceivedBytes; };
        QTRY_VERIFY_WITH_TIMEOUT(counts(), 20'000);
    }

    static ConnectionHandle opened()
    {
        return ConnectionHandle(
            twinhull::virConnectOpen(effectiveUri(QStringLiteral("qemu:///session")).toUtf8().constData()));
    }

    /// As a person with virsh edit: false where nothing is found, or libvirt refuses it.
    static bool redefine(const WorkloadId& id, const char* pattern, const QString& text)
    {
        const ConnectionHandle connection = opened();
        const DomainHandle domain(twinhull::virDomainLookupByUUIDString(connection.get(), id.key.toUtf8().constData()));
        const QString before = takeText(twinhull::virDomainGetXMLDesc(domain.get(), VIR_DOMAIN_XML_INACTIVE));
        const QString now = QString(before).replace(QRegularExpression(QLatin1String(pattern)), text);
        const DomainHandle defined(twinhull::virDomainDefineXML(connection.get(), now.toUtf8().constData()));
        return now != before && defined;
    }

    static ino_t inodeOf(const QString& path)
    {
        struct stat info { };
        return ::stat(path.toUtf8().constData(), &info) == 0 ? info.st_ino : 0;
    }

    std::optional<QString> rememberedFailure(const WorkloadId& id) const
    {
        const ConnectionHandle connection = opened();
        return MicrovmFailures(m_world.folders(), info(id).imageDigest, qemuVersionOf(connection.get()),
            requireGuestKernel(m_world.folders())->version)
            .find();
    }

    /// With a file that is no kernel.
    void staysWhatItWasWhereNoMachineStarts(const WorkloadId& id, const VmFolder& folder)
    {
        const QString text = QStringLiteral("<kernel>%1</kernel>");
        QVERIFY(redefine(id, "<kernel>[^<]*</kernel>", text.arg(folder.setupPath())));
        const auto failed = test::runJob(*m_provider->start(id), std::chrono::seconds(120));
        QVERIFY(!failed);
        QVERIFY2(failed.error().message.find("and as a q35") != std::string::npos, failed.error().message.c_str());
        QCOMPARE(info(id).machine, QStringLiteral("microvm"));
        QVERIFY(!info(id).madeAgainAt.isValid() && !rememberedFailure(id) && !readMachineNote(folder));
        QVERIFY(redefine(id, "<kernel>[^<]*</kernel>", text.arg(requireGuestKernel(m_world.folders())->vmlinuxPath)));
    }

    /// That makes it a q35 just now.
    void leavesItToAnotherStart(const WorkloadId& id, const VmFolder& folder)
    {
        const auto held = openPath((folder.path() + QStringLiteral("/machine.lock")).toStdString(), O_RDWR | O_CREAT);
        QVERIFY(held && ::flock(held->fd(), LOCK_EX) == 0);
        const auto refused = test::runJob(*m_provider->start(id), std::chrono::seconds(120));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Busy);
        QCOMPARE(info(id).machine, QStringLiteral("microvm"));
    }

    WorkloadInfo info(const WorkloadId& id) const
    {
        for (const WorkloadInfo& vm : m_provider->workloads()) {
            if (vm.id == id)
                return vm;
        }
        return {};
    }

    static std::uint16_t freePort()
    {
        QTcpServer server;
        server.listen(QHostAddress::LocalHost);
        return server.serverPort();
    }

    static QByteArray textOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    static bool succeeds(std::unique_ptr<Job> job)
    {
        const auto result = test::runJob(*job, std::chrono::seconds(120));
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return bool(result);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    std::unique_ptr<ImageStore> m_images;
    std::unique_ptr<VmProvider> m_provider;
};

QTEST_GUILESS_MAIN(VmImageTest)
#include "vm_image_test.moc"
