// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/guest_messages.h"
#include "core/ipc/guest_setup.h"
#include "core/vms/domain/domain_writer.h"

#include <QTest>
#include <QXmlStreamReader>

using namespace twinhull;

namespace {

constexpr const char* kUuid = "11111111-2222-3333-4444-555555555555";

DomainCommon common()
{
    DomainCommon result;
    result.uuid = QLatin1String(kUuid);
    result.name = QStringLiteral("web");
    result.memoryBytes = 256U << 20U;
    result.logPath = QStringLiteral("/vms/x/console.log");
    return result;
}

ImageDomain imageDomain(DomainCommon settings = common())
{
    return { std::move(settings), QStringLiteral("/k/vmlinux"), QStringLiteral("/k/initramfs"),
        QStringLiteral("/d/x.erofs"), QStringLiteral("/vms/x/overlay.img"), QStringLiteral("/vms/x/setup.json"),
        QStringLiteral("/vms/x/agent.sock"), { QStringLiteral("/vms/x/exec0.sock") } };
}

PlainDomain plainDomain(const QString& isoPath = {})
{
    return { common(), QStringLiteral("/vms/x/disk.qcow2"), QStringLiteral("qcow2"), isoPath,
        QStringLiteral("/vms/x/qga.sock") };
}

/// One line an element, in document order: its path below <domain>, its attributes by name, and its text. Namespaces,
/// white space and the order of attributes, which mean nothing to libvirt, are not in it.
QStringList elementsOf(const QByteArray& xml)
{
    QStringList lines;
    QStringList path;
    QXmlStreamReader reader(xml);
    while (!reader.atEnd()) {
        switch (reader.readNext()) {
        case QXmlStreamReader::StartElement: {
            path << reader.name().toString();
            QStringList attributes;
            for (const QXmlStreamAttribute& attribute : reader.attributes())
                attributes << attribute.name().toString() + u'=' + attribute.value().toString();
            attributes.sort();
            lines << (QStringList(path.join(u'/').section(u'/', 1)) + attributes).join(u' ');
            break;
        }
        case QXmlStreamReader::Characters:
            lines.last() += QStringLiteral(" : ") + reader.text().toString();
            break;
        case QXmlStreamReader::EndElement:
            path.removeLast();
            break;
        default:
            break;
        }
    }
    return reader.hasError() ? QStringList{ reader.errorString() } : lines;
}

/// Those below `path`, itself included.
QStringList elementsAt(const QByteArray& xml, const QString& path)
{
    QStringList found;
    for (const QString& line : elementsOf(xml)) {
        if (line == path || line.startsWith(path + u' ') || line.startsWith(path + u'/'))
            found << line;
    }
    return found;
}

QStringList devicesOf(const QByteArray& xml)
{
    QStringList found;
    for (const QString& line : elementsAt(xml, QStringLiteral("devices")))
        found << line.section(u'/', 1);
    found.removeAll(QString()); // <devices> itself
    return found;
}

} // namespace

/// What libvirt is told, element by element: a device that slips in is a device the guest has to probe.
class DomainWriterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bootsTheKernelItselfWithoutFirmwareTables()
    {
        const QByteArray xml = writeDomain(imageDomain());
        const QStringList system = elementsAt(xml, QStringLiteral("os"));
        QCOMPARE(system.mid(0, 4),
            QStringList({ QStringLiteral("os"), QStringLiteral("os/type arch=x86_64 machine=q35 : hvm"),
                QStringLiteral("os/kernel : /k/vmlinux"), QStringLiteral("os/initrd : /k/initramfs") }));
        QCOMPARE(system.size(), 5);
        QVERIFY(system.back().startsWith(QStringLiteral("os/cmdline : console=ttyS0 ")));
        QCOMPARE(elementsAt(xml, QStringLiteral("sysinfo/entry")),
            QStringList(
                QStringLiteral("sysinfo/entry file=/vms/x/setup.json name=") + QLatin1String(kGuestSetupFirmwareName)));
    }

    void givesAnImageVmTheseDevicesAndNoOther()
    {
        const QStringList expected{
            QStringLiteral("disk device=disk type=file"),
            QStringLiteral("disk/driver name=qemu type=raw"),
            QStringLiteral("disk/source file=/d/x.erofs"),
            QStringLiteral("disk/target bus=virtio dev=vda"),
            QStringLiteral("disk/serial : ") + QLatin1String(kGuestRootDiskSerial),
            QStringLiteral("disk/address bus=0x00 slot=0x02 type=pci"),
            QStringLiteral("disk/readonly"),
            QStringLiteral("disk/shareable"),
            QStringLiteral("disk device=disk type=file"),
            QStringLiteral("disk/driver name=qemu type=raw"),
            QStringLiteral("disk/source file=/vms/x/overlay.img"),
            QStringLiteral("disk/target bus=virtio dev=vdb"),
            QStringLiteral("disk/serial : ") + QLatin1String(kGuestOverlayDiskSerial),
            QStringLiteral("disk/address bus=0x00 slot=0x03 type=pci"),
            QStringLiteral("interface type=user"),
            QStringLiteral("interface/model type=virtio"),
            QStringLiteral("interface/rom enabled=no"),
            QStringLiteral("interface/address bus=0x00 slot=0x04 type=pci"),
            QStringLiteral("controller index=0 type=virtio-serial"),
            QStringLiteral("controller/address bus=0x00 slot=0x05 type=pci"),
            QStringLiteral("channel type=unix"),
            QStringLiteral("channel/source mode=bind path=/vms/x/agent.sock"),
            QStringLiteral("channel/target name=") + QLatin1String(kGuestAgentPort) + QStringLiteral(" type=virtio"),
            QStringLiteral("channel type=unix"),
            QStringLiteral("channel/source mode=bind path=/vms/x/exec0.sock"),
            QStringLiteral("channel/target name=org.twinhull.exec.0 type=virtio"),
            QStringLiteral("serial type=file"),
            QStringLiteral("serial/source append=off path=/vms/x/console.log"),
            QStringLiteral("serial/target port=0 type=isa-serial"),
            QStringLiteral("controller model=none type=usb"),
            QStringLiteral("memballoon freePageReporting=on model=virtio"),
            QStringLiteral("memballoon/address bus=0x00 slot=0x06 type=pci"),
        };
        QCOMPARE(devicesOf(writeDomain(imageDomain())), expected);
    }

    /// QEMU refuses a word about what the machine does not have, and libvirt a device without an address of its own.
    void writesAMicrovmWithoutAWordOfPci()
    {
        ImageDomain domain = imageDomain();
        domain.machine = ImageMachine::Microvm;
        domain.tscKilohertz = 2'100'000;
        const QByteArray xml = writeDomain(domain);
        QVERIFY(elementsOf(xml).contains(QStringLiteral("os/type arch=x86_64 machine=microvm : hvm")));
        QVERIFY(elementsAt(xml, QStringLiteral("os")).back().endsWith(QStringLiteral(" tsc_early_khz=2100000")));
        const QStringList features = elementsAt(xml, QStringLiteral("features"));
        QVERIFY(features.contains(QStringLiteral("features/acpi"))); // by which its devices are found
        QVERIFY(!features.join(u'\n').contains(u"vmport") && !features.join(u'\n').contains(u"smm"));
        const QStringList devices = devicesOf(xml);
        QVERIFY(!devices.join(u'\n').contains(u"pci") && !devices.join(u'\n').contains(u"rom"));
        for (const char* device : { "disk", "interface", "controller", "memballoon" })
            QVERIFY2(devices.contains(QLatin1String(device) + QStringLiteral("/address type=virtio-mmio")), device);
        QCOMPARE(devices.filter(QStringLiteral("/address ")).size(), 5); // two disks
    }

    void tellsNoClockRateByItself() { QVERIFY(!writeDomain(imageDomain()).contains("tsc_early_khz")); }

    void leavesTheNetworkOutWhenThereIsNone()
    {
        DomainCommon settings = common();
        settings.hasNetwork = false;
        QVERIFY(elementsAt(writeDomain(imageDomain(settings)), QStringLiteral("devices/interface")).isEmpty());
    }

    void pinsAllOfQemuWhereAsked()
    {
        DomainCommon settings = common();
        QCOMPARE(elementsAt(writeDomain(imageDomain(settings)), QStringLiteral("vcpu")),
            QStringList(QStringLiteral("vcpu : %1").arg(settings.cpus)));
        settings.pinnedCpus = QStringLiteral("0-1,3");
        QCOMPARE(elementsAt(writeDomain(imageDomain(settings)), QStringLiteral("vcpu")),
            QStringList(QStringLiteral("vcpu cpuset=0-1,3 : %1").arg(settings.cpus)));
    }

    void emulatesAProcessorThatSleeps()
    {
        const QByteArray xml = writeDomain(imageDomain());
        QCOMPARE(elementsOf(xml).front(), QStringLiteral(" type=qemu"));
        QCOMPARE(elementsAt(xml, QStringLiteral("cpu")),
            QStringList({ QStringLiteral("cpu check=none match=exact mode=custom"),
                QStringLiteral("cpu/model fallback=forbid : qemu64"),
                QStringLiteral("cpu/feature name=arat policy=require") }));
        QCOMPARE(elementsAt(xml, QStringLiteral("features/tcg")),
            QStringList({ QStringLiteral("features/tcg"), QStringLiteral("features/tcg/tb-cache unit=MiB : 32") }));
    }

    void passesTheHostsProcessorOnUnderKvm()
    {
        DomainCommon settings = common();
        settings.engine = DomainEngine::Kvm;
        const QByteArray xml = writeDomain(imageDomain(settings));
        QCOMPARE(elementsOf(xml).front(), QStringLiteral(" type=kvm"));
        QCOMPARE(elementsAt(xml, QStringLiteral("cpu")),
            QStringList(QStringLiteral("cpu check=none mode=host-passthrough")));
        QVERIFY(elementsAt(xml, QStringLiteral("features/tcg")).isEmpty());
    }

    void endsWithItsProgramButRestartsAnOrdinarySystem()
    {
        const auto onReboot
            = [](const QByteArray& xml) { return elementsAt(xml, QStringLiteral("on_reboot")).value(0); };
        QCOMPARE(onReboot(writeDomain(imageDomain())), QStringLiteral("on_reboot : destroy"));
        QCOMPARE(onReboot(writeDomain(plainDomain())), QStringLiteral("on_reboot : restart"));
        for (const QByteArray& xml : { writeDomain(imageDomain()), writeDomain(plainDomain()) }) {
            QVERIFY(elementsOf(xml).contains(QStringLiteral("on_poweroff : destroy")));
            QVERIFY(elementsOf(xml).contains(QStringLiteral("on_crash : destroy")));
        }
    }

    void givesAPlainVmWhatAnySystemHasDriversFor()
    {
        const QStringList expected{
            QStringLiteral("disk device=disk type=file"),
            QStringLiteral("disk/driver name=qemu type=qcow2"),
            QStringLiteral("disk/source file=/vms/x/disk.qcow2"),
            QStringLiteral("disk/target bus=sata dev=sda"),
            QStringLiteral("disk/boot order=1"),
            QStringLiteral("disk device=cdrom type=file"),
            QStringLiteral("disk/driver name=qemu type=raw"),
            QStringLiteral("disk/source file=/install.iso"),
            QStringLiteral("disk/target bus=sata dev=sdb"),
            QStringLiteral("disk/boot order=2"),
            QStringLiteral("disk/readonly"),
            QStringLiteral("interface type=user"),
            QStringLiteral("interface/model type=e1000e"),
            QStringLiteral("serial type=pty"),
            QStringLiteral("serial/log append=off file=/vms/x/console.log"),
            QStringLiteral("graphics type=vnc"),
            QStringLiteral("graphics/listen type=socket"),
            QStringLiteral("video"),
            QStringLiteral("video/model type=vga"),
            QStringLiteral("input bus=usb type=tablet"),
            QStringLiteral("channel type=unix"),
            QStringLiteral("channel/source mode=bind path=/vms/x/qga.sock"),
            QStringLiteral("channel/target name=org.qemu.guest_agent.0 type=virtio"),
            QStringLiteral("memballoon model=virtio"),
            QStringLiteral("memballoon/stats period=5"),
        };
        QCOMPARE(devicesOf(writeDomain(plainDomain(QStringLiteral("/install.iso")))), expected);
    }

    void leavesTheFirmwaresFileToLibvirt()
    {
        PlainDomain domain = plainDomain();
        QCOMPARE(elementsAt(writeDomain(domain), QStringLiteral("os")),
            QStringList({ QStringLiteral("os"), QStringLiteral("os/type arch=x86_64 machine=q35 : hvm") }));
        domain.firmware = MachineFirmware::Uefi;
        QCOMPARE(elementsAt(writeDomain(domain), QStringLiteral("os")),
            QStringList({ QStringLiteral("os firmware=efi"), QStringLiteral("os/type arch=x86_64 machine=q35 : hvm"),
                QStringLiteral("os/firmware"), QStringLiteral("os/firmware/feature enabled=no name=secure-boot") }));
        domain.firmware = MachineFirmware::SecureBoot;
        domain.hasTpm = true;
        const QByteArray checking = writeDomain(domain);
        QCOMPARE(elementsAt(checking, QStringLiteral("os/firmware")).mid(1),
            QStringList({ QStringLiteral("os/firmware/feature enabled=yes name=secure-boot"),
                QStringLiteral("os/firmware/feature enabled=yes name=enrolled-keys") }));
        QVERIFY(elementsOf(checking).contains(QStringLiteral("features/smm state=on")));
        QCOMPARE(elementsAt(checking, QStringLiteral("devices/tpm")),
            QStringList({ QStringLiteral("devices/tpm model=tpm-crb"),
                QStringLiteral("devices/tpm/backend type=emulator version=2.0") }));
    }

    void setsTheClockAsItsSystemExpects()
    {
        PlainDomain domain = plainDomain();
        QVERIFY(elementsOf(writeDomain(domain)).contains(QStringLiteral("clock offset=utc")));
        domain.isClockLocal = true;
        QVERIFY(elementsOf(writeDomain(domain)).contains(QStringLiteral("clock offset=localtime")));
    }

    void hasNoMediumWithoutAnIso() { QVERIFY(!elementsOf(writeDomain(plainDomain())).join(u'\n').contains(u"cdrom")); }

    void putsItsCardWhereItWasAsked()
    {
        const auto card = [](const PlainDomain& domain) {
            return elementsAt(writeDomain(domain), QStringLiteral("devices/interface")).join(u'\n');
        };
        PlainDomain domain = plainDomain();
        domain.card = { MachineCard::Kind::Network, QStringLiteral("a & <b>"), QStringLiteral("rtl8139") };
        QCOMPARE(card(domain),
            QStringLiteral("devices/interface type=network\ndevices/interface/source network=a & <b>\n"
                           "devices/interface/model type=rtl8139"));
        domain.card = { MachineCard::Kind::Bridge, QStringLiteral("br0") };
        domain.hasVirtioDevices = true;
        domain.startsFromNetwork = true;
        domain.networkCards = 2;
        QCOMPARE(card(domain),
            QStringLiteral("devices/interface type=bridge\ndevices/interface/source bridge=br0\n"
                           "devices/interface/model type=virtio\ndevices/interface/boot order=2\n"
                           "devices/interface type=user\ndevices/interface/model type=virtio"));
    }

    void aDiskCanBeADevice()
    {
        PlainDomain domain = plainDomain();
        domain.diskPath = QStringLiteral("/dev/vg/root");
        domain.isDiskDevice = true;
        domain.diskFormat = QStringLiteral("raw");
        QCOMPARE(elementsAt(writeDomain(domain), QStringLiteral("devices/disk")).mid(0, 3),
            QStringList({ QStringLiteral("devices/disk device=disk type=block"),
                QStringLiteral("devices/disk/driver name=qemu type=raw"),
                QStringLiteral("devices/disk/source dev=/dev/vg/root") }));
        domain.isDiskDevice = false; // memory may be a folder there
        domain.diskPath = QStringLiteral("/dev/shm/disk.img");
        const QStringList disk = elementsAt(writeDomain(domain), QStringLiteral("devices/disk"));
        QVERIFY(disk.contains(QStringLiteral("devices/disk device=disk type=file")));
        QVERIFY(disk.contains(QStringLiteral("devices/disk/source file=/dev/shm/disk.img")));
    }

    void notesWhatLibvirtDoesNotKeep()
    {
        DomainCommon settings = common();
        settings.mark.imageReference = QStringLiteral("a <b> & \"c\"");
        settings.mark.imageDigest = QStringLiteral("sha256:abc");
        settings.mark.twinGroup = QStringLiteral("pair");
        settings.mark.cpus = 1.5;
        settings.mark.ports
            = { { QStringLiteral("127.0.0.1"), 8080, 80 }, { QStringLiteral("0.0.0.0"), 53, 5353, PortProtocol::Udp } };
        QCOMPARE(elementsAt(writeDomain(imageDomain(settings)), QStringLiteral("metadata")),
            QStringList({ QStringLiteral("metadata"),
                QStringLiteral("metadata/vm cpus=1.5 digest=sha256:abc image=a <b> & \"c\" twin=pair"),
                QStringLiteral("metadata/vm/port address=127.0.0.1 guest=80 host=8080"),
                QStringLiteral("metadata/vm/port address=0.0.0.0 guest=5353 host=53 protocol=udp") }));
    }
};

QTEST_GUILESS_MAIN(DomainWriterTest)
#include "domain_writer_test.moc"
