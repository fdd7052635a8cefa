// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/snapshots/domain_snapshot.h"

#include "core/base/socket_address.h"
#include "core/base/unique_fd.h"
#include "core/vms/domain/domain_writer.h"
#include "core/vms/networks/port_forwarding.h"
#include "core/vms/figures/qemu_process.h"

#include <QTest>

#include <libvirt/libvirt.h>

using namespace twinhull;

namespace {

DomainCommon common()
{
    DomainCommon result;
    result.uuid = QStringLiteral("11111111-2222-3333-4444-555555555555");
    result.name = QStringLiteral("a <b> & \"c\"");
    result.memoryBytes = 256U << 20U;
    result.cpus = 2;
    result.logPath = QStringLiteral("/vms/x/console.log");
    result.mark.imageReference = QStringLiteral("twinhull/starter:latest");
    result.mark.imageDigest = QStringLiteral("sha256:abc");
    result.mark.twinGroup = QStringLiteral("a <b>");
    result.mark.labels = { { QStringLiteral("owner"), QStringLiteral("\"R&D\" <x>") } };
    result.mark.cpus = 1.5;
    result.mark.ports
        = { { QStringLiteral("127.0.0.1"), 8080, 80 }, { QStringLiteral("127.0.0.1"), 8080, 5353, PortProtocol::Udp } };
    return result;
}

ImageDomain imageDomain()
{
    return { common(), QStringLiteral("/k/vmlinux"), QStringLiteral("/k/initramfs"), QStringLiteral("/d/x.erofs"),
        QStringLiteral("/vms/x/overlay.img"), QStringLiteral("/vms/x/setup.json"), QStringLiteral("/vms/x/agent.sock"),
        { QStringLiteral("/vms/x/0.sock"), QStringLiteral("/vms/x/1.sock") } };
}

} // namespace

class DomainDescriptionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatIsLeftOfMemoryAndProcessors()
    {
        const auto read = parseDomain("<domain type='kvm'><memory unit='KiB'>2048</memory><currentMemory unit='KiB'>"
                                      "1024</currentMemory><vcpu placement='static' current='2'>4</vcpu></domain>");
        QVERIFY(read);
        QCOMPARE(read->memoryBytes, std::uint64_t{ 2U << 20U });
        QCOMPARE(read->currentMemoryBytes, std::uint64_t{ 1U << 20U });
        QCOMPARE(read->cpus, 2);
    }

    void readsWhatWasWritten()
    {
        const auto read = parseDomain(writeDomain(imageDomain()));
        QVERIFY(read);
        QCOMPARE(read->type, QStringLiteral("qemu"));
        QCOMPARE(read->memoryBytes, std::uint64_t(256U << 20U));
        QCOMPARE(read->cpus, 2);
        QCOMPARE(read->kernelPath, QStringLiteral("/k/vmlinux"));
        QCOMPARE(read->machine, QStringLiteral("q35"));
        QCOMPARE(read->diskPaths, QStringList({ QStringLiteral("/d/x.erofs"), QStringLiteral("/vms/x/overlay.img") }));
        QCOMPARE(read->agentSocket, QStringLiteral("/vms/x/agent.sock"));
        QCOMPARE(
            read->sessionSockets, QStringList({ QStringLiteral("/vms/x/0.sock"), QStringLiteral("/vms/x/1.sock") }));
        QCOMPARE(read->logPath, QStringLiteral("/vms/x/console.log"));
        QVERIFY(read->isFromImage());
        QVERIFY(*read->mark == common().mark);
    }

    void readsAPlainVm()
    {
        const auto read = parseDomain(writeDomain(PlainDomain{ common(), QStringLiteral("/disk.qcow2"),
            QStringLiteral("qcow2"), QStringLiteral("/install.iso"), QStringLiteral("/qga.sock") }));
        QVERIFY(read);
        QCOMPARE(read->diskPaths, QStringList({ QStringLiteral("/disk.qcow2"), QStringLiteral("/install.iso") }));
        QVERIFY(!read->hasAgent());
        QCOMPARE(read->logPath, QStringLiteral("/vms/x/console.log"));
    }

    void readsADomainOfOthers()
    {
        const auto read
            = parseDomain("<domain type='kvm'><name>x</name><title>Debian 12\nmore</title>"
                          "<memory unit='GiB'>2</memory><vcpu>4</vcpu><metadata><a:b xmlns:a='u'/></metadata>"
                          "<devices><channel type='unix'><source path='/q'/><target type='virtio' "
                          "name='org.qemu.guest_agent.0'/></channel></devices></domain>");
        QVERIFY(read);
        QCOMPARE(read->memoryBytes, std::uint64_t(2) << 30U);
        QVERIFY(!read->mark);
        QVERIFY(!read->hasAgent());
    }

    void refusesWhatIsNoDomain()
    {
        for (const char* xml : { "", "<network/>", "<domain", "<domain><devices></domain>" })
            QVERIFY2(!parseDomain(xml), xml);
    }

    void saysStatesInOneTongue()
    {
        QCOMPARE(stateInWords(VIR_DOMAIN_RUNNING, 0).state, WorkloadState::Running);
        QCOMPARE(stateInWords(VIR_DOMAIN_PMSUSPENDED, 0).state, WorkloadState::Paused);
        QCOMPARE(stateInWords(VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN).state, WorkloadState::Stopped);
        QCOMPARE(stateInWords(VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_CRASHED).state, WorkloadState::Failed);
        QVERIFY(!stateInWords(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR).reason.isEmpty());
        QCOMPARE(stateInWords(12345, 0).state, WorkloadState::Unknown);
    }

    void offersOnlyWhatTheStateAllows()
    {
        DomainDescription description;
        QVERIFY(capabilitiesIn(WorkloadState::Stopped, description).testFlag(Capability::Start));
        QVERIFY(!capabilitiesIn(WorkloadState::Running, description).testFlag(Capability::Start));
        QVERIFY(capabilitiesIn(WorkloadState::Paused, description).testFlag(Capability::Resume));
        QVERIFY(capabilitiesIn(WorkloadState::Paused, description).testFlag(Capability::Stop));
        QVERIFY(!capabilitiesIn(WorkloadState::Running, description).testFlag(Capability::Logs));
        QVERIFY(!capabilitiesIn(WorkloadState::Running, description).testFlag(Capability::Exec));
        description.sessionSockets = { QStringLiteral("/run/exec.0") };
        QVERIFY(capabilitiesIn(WorkloadState::Running, description).testFlag(Capability::Exec));
        QVERIFY(!capabilitiesIn(WorkloadState::Paused, description).testFlag(Capability::Exec));
    }

    void recognizesAForwardedPort()
    {
        const PublishedPort port{ QStringLiteral("127.0.0.1"), 8080, 80 };
        QCOMPARE(forwardCommand(port), QStringLiteral("hostfwd_add hostnet0 tcp:127.0.0.1:8080-:80"));
        const QString usernet = QStringLiteral(
            "Hub -1 (hostnet0):\n  TCP[HOST_FORWARD]  17       127.0.0.1  8080       10.0.2.15    80     0     0\n");
        QVERIFY(isForwarded(usernet, port));
        QVERIFY(!isForwarded(usernet, { QStringLiteral("127.0.0.1"), 808, 80 }));
        QVERIFY(!isForwarded(usernet, { QStringLiteral("127.0.0.1"), 8080, 8 }));
        QVERIFY(!isForwarded({}, port));
        const PublishedPort udp{ QStringLiteral("127.0.0.1"), 8080, 80, PortProtocol::Udp };
        QCOMPARE(forwardCommand(udp), QStringLiteral("hostfwd_add hostnet0 udp:127.0.0.1:8080-:80"));
        QVERIFY(!isForwarded(usernet, udp)); // the same number, another port
        QVERIFY(isForwarded(QString(usernet).replace(QStringLiteral("TCP"), QStringLiteral("UDP")), udp));
    }

    void findsTheForwardForARelay()
    {
        const QString usernet = QStringLiteral(
            "Hub -1 (hostnet0):\n  TCP[HOST_FORWARD]  9       127.0.0.1 42937       10.0.2.15    80     0     0\n"
            "  UDP[HOST_FORWARD]  3       127.0.0.1 56774       10.0.2.15    53     0     0\n"
            "  TCP[HOST_FORWARD]  8         0.0.0.0  8081       10.0.2.15    81     0     0\n");
        const auto forward = [&](std::uint16_t inside, PortProtocol protocol) {
            return loopbackForward(usernet, { QStringLiteral("::1"), 8080, inside, protocol }).value_or(0);
        };
        QCOMPARE(forward(80, PortProtocol::Tcp), std::uint16_t{ 42937 });
        QCOMPARE(forward(53, PortProtocol::Udp), std::uint16_t{ 56774 });
        QCOMPARE(forward(80, PortProtocol::Udp), std::uint16_t{ 0 });
        QCOMPARE(forward(81, PortProtocol::Tcp), std::uint16_t{ 0 }); // it is not of the loopback's alone
        QCOMPARE(forward(8, PortProtocol::Tcp), std::uint16_t{ 0 });
    }

    void tellsThatAPortIsTaken_data()
    {
        QTest::addColumn<QString>("address");
        for (const char* address : { "127.0.0.1", "::1", "::" })
            QTest::newRow(address) << QString::fromLatin1(address);
    }
    void tellsThatAPortIsTaken()
    {
        QFETCH(QString, address);
        for (const int type : { SOCK_STREAM, SOCK_DGRAM }) {
            const UniqueFd socket(::socket(address.contains(u':') ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0));
            SocketAddress place = socketAddressOf(*IpAddress::parse(address.toStdString()), 0);
            QCOMPARE(::bind(socket.fd(), place.raw(), place.size), 0);
            QVERIFY(type == SOCK_DGRAM || ::listen(socket.fd(), 1) == 0);
            QCOMPARE(::getsockname(socket.fd(), place.raw(), &place.size), 0);
            const auto protocol = type == SOCK_DGRAM ? PortProtocol::Udp : PortProtocol::Tcp;
            const auto free = checkPortIsFree({ address, place.port(), 80, protocol });
            QVERIFY(!free);
            QCOMPARE(free.error().code, ErrorCode::Busy);
            QVERIFY(!free.error().hint.empty());
        }
    }

    void knowsTheRelayOfAQemu()
    {
        const QString uuid = common().uuid;
        const std::string line = std::string("/usr/bin/port-relay\0--vm\0", 25) + uuid.toStdString() + '\0' + "--qemu"
            + '\0' + "47" + '\0';
        QVERIFY(isPortRelayOf(line, uuid, 0));
        QVERIFY(isPortRelayOf(line, uuid, 47));
        QVERIFY(!isPortRelayOf(line, uuid, 4));
        QVERIFY(!isPortRelayOf(line, QStringLiteral("99999999-2222-3333-4444-555555555555"), 0));
        QVERIFY(!isPortRelayOf(std::string("less\0", 5) + line, uuid, 0));
        QVERIFY(!isPortRelayOf({}, uuid, 0));
    }

    void recognizesTheQemuOfADomain()
    {
        const QString uuid = common().uuid;
        const std::string line
            = std::string("/usr/bin/qemu-system-x86_64\0-S\0-uuid\0", 37) + uuid.toStdString() + '\0';
        QVERIFY(isQemuOf(line, uuid));
        QVERIFY(!isQemuOf(line, QStringLiteral("99999999-2222-3333-4444-555555555555")));
        QVERIFY(!isQemuOf(std::string("less\0qemu -uuid\0", 16) + uuid.toStdString() + '\0', uuid));
    }

    void knowsWhereTheHypervisorRuns()
    {
        QCOMPARE(placeOf(QStringLiteral("qemu:///session?socket=/x")), HypervisorPlace::Here);
        QCOMPARE(placeOf(QStringLiteral("qemu+ssh://me@far/system")), HypervisorPlace::Elsewhere);
    }
};

QTEST_GUILESS_MAIN(DomainDescriptionTest)
#include "domain_description_test.moc"
