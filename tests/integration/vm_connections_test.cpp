// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_store.h"
#include "core/vms/link/libvirt_handles.h"
#include "core/vms/link/session_daemon.h"
#include "core/vms/vm_provider.h"
#include "core/workload/workload_registry.h"
#include "tests/support/libvirt_session.h"
#include "tests/support/other_libvirt.h"
#include "tests/support/temporary_world.h"
#include "tests/support/wait_for_job.h"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

#include <unistd.h>

using namespace twinhull;

namespace {

/// What virt-install and virt-manager, Boxes and cockpit write beside a machine.
constexpr auto kMetadata
    = "<metadata>"
      "<libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
      "<libosinfo:os id='http://debian.org/debian/12'/></libosinfo:libosinfo>"
      "<boxes:gnome-boxes xmlns:boxes='https://wiki.gnome.org/Apps/Boxes'>"
      "<os-state>installed</os-state><media-id>http://debian.org/debian/12:0</media-id></boxes:gnome-boxes>"
      "<cockpit_machines:data "
      "xmlns:cockpit_machines='https://github.com/cockpit-project/cockpit/tree/main/pkg/machines'>"
      "<cockpit_machines:has_install_phase>true</cockpit_machines:has_install_phase>"
      "<cockpit_machines:install_source>/iso/debian.iso</cockpit_machines:install_source></cockpit_machines:data>"
      "</metadata>";

constexpr auto kDomain = "<domain type='qemu'><name>%1</name>%2<memory unit='MiB'>32</memory><vcpu>1</vcpu>"
                         "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices/></domain>";

} // namespace

/// Two hosts in one program: the home session's daemon and another that is stopped, killed and started again in the
/// middle of what is done. Machines on both were made by other programs.
class VmConnectionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root");
        QCOMPARE(m_other.start(), QString());
        m_home = std::make_unique<VmProvider>(m_world.folders(), m_images);
        VmOptions options;
        options.uri = m_other.uri();
        options.connection = QStringLiteral("lab");
        m_lab = std::make_unique<VmProvider>(m_world.folders(), m_images, options);
        QTRY_VERIFY_WITH_TIMEOUT(m_home->isSettled() && m_lab->isSettled(), 60'000);
        QVERIFY(m_home->availability() && m_lab->availability());
        m_registry.add(m_home.get());
        m_registry.add(m_lab.get());
        define(effectiveUri(QStringLiteral("qemu:///session")), "near");
        define(m_other.uri(), "far");
        QTRY_COMPARE_WITH_TIMEOUT(m_registry.workloads().size(), std::size_t{ 2 }, 20'000);
    }

    void metadataOfOthersSurvivesEveryEdit()
    {
        const QString before = metadataOf("far");
        QVERIFY(
            before.contains(u"gnome-boxes") && before.contains(u"cockpit_machines") && before.contains(u"libosinfo"));
        const WorkloadInfo vm = info("far");
        const auto outcome = std::make_shared<HardwareOutcome>();
        const auto edit = [&](const char* device, const char* key, const char* value) {
            const HardwareEdit wish{ HardwareEdit::Verb::Set, QLatin1String(device),
                { { QLatin1String(key), QLatin1String(value) } } };
            return test::runJob(*m_lab->hardware().edit(vm, wish, outcome));
        };
        QVERIFY(succeeds(edit("processor", "max-cpus", "2")));
        QVERIFY(succeeds(edit("memory", "memory", "64M")));
        QVERIFY(succeeds(test::runJob(*m_lab->hardware().takeBack(vm, outcome))));
        QVERIFY(succeeds(test::runJob(*m_lab->power().setAutostart(vm.id, true))));
        QVERIFY(succeeds(test::runJob(*m_lab->copies().rename(vm, QStringLiteral("farther")))));
        QVERIFY(succeeds(test::runJob(*m_lab->copies().rename(info("farther"), QStringLiteral("far")))));
        QVERIFY(succeeds(test::runJob(*m_lab->start(vm.id))));
        QCOMPARE(info("far").state, WorkloadState::Running);
        QCOMPARE(metadataOf("far"), before);
    }

    void aHostThatIsStoppedInTheMiddleHoldsUpNoOther()
    {
        const WorkloadId far = info("far").id;
        const auto pausing = m_lab->pause(far);
        m_other.signal(SIGSTOP);
        QSignalSpy ended(pausing.get(), &Job::finished);
        pausing->start();
        for (int i = 0; i < 3; ++i) {
            QElapsedTimer time;
            time.start();
            QVERIFY(succeeds(test::runJob(*m_home->start(info("near").id))));
            QVERIFY(succeeds(test::runJob(*m_home->stop(info("near").id, StopMode::Force))));
            QVERIFY2(time.elapsed() < 20'000, qPrintable(QString::number(time.elapsed())));
        }
        QTRY_VERIFY_WITH_TIMEOUT(!m_lab->availability(), 40'000);
        QVERIFY(ended.isEmpty()); // nobody knows what becomes of it
        const WorkloadInfo last = info("far");
        QCOMPARE(last.state, WorkloadState::Unknown);
        QVERIFY(!last.capabilities.testFlag(Capability::Start) && !last.capabilities.testFlag(Capability::Remove));
        static const QRegularExpression told(
            QStringLiteral("lab does not answer; it did last at .*\\d\\d:\\d\\d.*ran"));
        QVERIFY2(told.match(last.stateReason).hasMatch(), qPrintable(last.stateReason));
        QCOMPARE(info("near").state, WorkloadState::Stopped);
        m_other.signal(SIGCONT);
        QTRY_VERIFY_WITH_TIMEOUT(m_lab->availability(), 60'000);
        QVERIFY(!ended.isEmpty() || ended.wait(20'000));
        QVERIFY(succeeds(pausing->result()));
        QTRY_COMPARE_WITH_TIMEOUT(info("far").state, WorkloadState::Paused, 20'000);
    }

    void oneThatIsKilledInTheMiddleComesBack()
    {
        const WorkloadId far = info("far").id;
        QVERIFY(succeeds(test::runJob(*m_lab->resume(far))));
        const auto stopping = m_lab->stop(far, StopMode::Graceful); // nothing in it hears its power button
        QSignalSpy ended(stopping.get(), &Job::finished);
        stopping->start();
        m_other.kill();
        QVERIFY(!ended.isEmpty() || ended.wait(90'000));
        QVERIFY(!stopping->result());
        QTRY_COMPARE_WITH_TIMEOUT(info("far").state, WorkloadState::Unknown, 20'000);
        const auto status = m_lab->connectionStatus();
        QVERIFY(status && status->error && status->lastSeen.isValid());
        QVERIFY(succeeds(test::runJob(*m_home->start(info("near").id))));
        QCOMPARE(m_other.start(), QString());
        QTRY_COMPARE_WITH_TIMEOUT(info("far").state, WorkloadState::Running, 60'000);
        QVERIFY(succeeds(test::runJob(*m_lab->stop(far, StopMode::Force))));
    }

    /// One that is taken out of use while it hangs keeps nobody waiting, and its VMs go from the list.
    void oneThatHangsIsTakenOut()
    {
        m_other.signal(SIGSTOP);
        QElapsedTimer time;
        time.start();
        m_lab->retire();
        QVERIFY2(time.elapsed() < 10'000, qPrintable(QString::number(time.elapsed())));
        QCOMPARE(m_registry.workloads().size(), std::size_t{ 1 });
        QVERIFY(!m_lab->connectionStatus());
        m_other.signal(SIGCONT);
        QVERIFY(succeeds(test::runJob(*m_home->remove(info("near").id))));
    }

private:
    static void define(const QString& uri, const char* name)
    {
        const ConnectionHandle connection(twinhull::virConnectOpen(uri.toUtf8().constData()));
        QVERIFY(connection);
        const QByteArray xml = QString::fromLatin1(kDomain).arg(QLatin1String(name), QLatin1String(kMetadata)).toUtf8();
        const DomainHandle made(twinhull::virDomainDefineXML(connection.get(), xml.constData()));
        QVERIFY(made);
    }

    QString metadataOf(const char* name) const
    {
        const ConnectionHandle connection(twinhull::virConnectOpen(m_other.uri().toUtf8().constData()));
        const DomainHandle domain(twinhull::virDomainLookupByName(connection.get(), name));
        const QString xml = takeText(twinhull::virDomainGetXMLDesc(domain.get(), VIR_DOMAIN_XML_INACTIVE));
        return xml.section(QStringLiteral("<metadata>"), 1).section(QStringLiteral("</metadata>"), 0, 0);
    }

    WorkloadInfo info(const char* name) const
    {
        const auto found = m_registry.findByName(QLatin1String(name));
        return found.empty() ? WorkloadInfo() : found.front();
    }

    static bool succeeds(const Result<>& result)
    {
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return static_cast<bool>(result);
    }

    test::TemporaryWorld m_world;
    test::LibvirtSession m_session;
    test::OtherLibvirt m_other{ m_world.path(QStringLiteral("b")) };
    ImageStore m_images{ m_world.folders() };
    WorkloadRegistry m_registry;
    std::unique_ptr<VmProvider> m_home;
    std::unique_ptr<VmProvider> m_lab;
};

QTEST_GUILESS_MAIN(VmConnectionsTest)

#include "vm_connections_test.moc"
