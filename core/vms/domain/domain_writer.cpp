// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/domain_writer.h"

#include "core/ipc/guest_messages.h"
#include "core/ipc/guest_sessions.h"
#include "core/ipc/guest_setup.h"

#include <QXmlStreamWriter>

#include <initializer_list>
#include <utility>

namespace twinhull {

namespace {

using Attributes = std::initializer_list<std::pair<const char*, QString>>;

/// quiet: the emulated UART is slow; panic, reboot: a guest that dies is seen at once; the rest are probes that a VM
/// does not need. Nothing here changes what the image's program sees.
constexpr const char* kKernelArguments
    = "console=ttyS0 quiet panic=-1 reboot=t no_timer_check noreplace-smp cryptomgr.notests=1 random.trust_cpu=on";

/// Translated code kept per VM. Half as much makes the boot a quarter dearer; twice as much costs 27 MiB and gains
/// nothing.
constexpr int kTranslationCacheMebibytes = 32;

/// Between two reports of the guest's memory by its balloon driver.
constexpr int kBalloonSeconds = 5;

class DomainWriter {
public:
    explicit DomainWriter(const DomainCommon& common) : m_common(common), m_xml(&m_text) { }

    QByteArray write(const ImageDomain& domain)
    {
        m_hasPci = domain.machine == ImageMachine::Q35;
        begin();
        open("os");
        text("type", QStringLiteral("hvm"),
            { { "arch", QStringLiteral("x86_64") },
                { "machine", m_hasPci ? QStringLiteral("q35") : QStringLiteral("microvm") } });
        text("kernel", domain.kernelPath);
        text("initrd", domain.initramfsPath);
        QString arguments = QString::fromLatin1(kKernelArguments);
        if (domain.tscKilohertz)
            arguments += QStringLiteral(" tsc_early_khz=%1").arg(*domain.tscKilohertz);
        text("cmdline", arguments);
        close();
        open("sysinfo", { { "type", QStringLiteral("fwcfg") } });
        empty("entry", { { "name", QString::fromLatin1(kGuestSetupFirmwareName) }, { "file", domain.setupPath } });
        close();
        writeFeatures();
        writeProcessor();
        writeEndings(QStringLiteral("destroy"));
        open("devices");
        writeImageDisks(domain);
        if (m_common.hasNetwork)
            writeNetwork(QStringLiteral("virtio"));
        writePorts(domain);
        open("serial", { { "type", QStringLiteral("file") } });
        empty("source", { { "path", m_common.logPath }, { "append", QStringLiteral("off") } });
        empty("target", { { "type", QStringLiteral("isa-serial") }, { "port", QStringLiteral("0") } });
        close();
        empty("controller", { { "type", QStringLiteral("usb") }, { "model", QStringLiteral("none") } });
        writeReportingBalloon();
        return end();
    }

    QByteArray write(const PlainDomain& domain)
    {
        begin();
        writeFirmware(domain.firmware);
        writeFeatures(domain.firmware);
        writeProcessor();
        writeEndings(QStringLiteral("restart"), domain.isClockLocal);
        open("devices");
        writeDisk("disk", { domain.diskPath, domain.isDiskDevice }, domain.diskFormat,
            domain.hasVirtioDevices ? QStringLiteral("vda") : QStringLiteral("sda"));
        if (!domain.isoPath.isEmpty())
            writeDisk("cdrom", { domain.isoPath, domain.isMediumDevice }, QStringLiteral("raw"), QStringLiteral("sdb"));
        writeMoreDisks(domain);
        if (m_common.hasNetwork)
            writePlainNetworks(domain);
        open("serial", { { "type", QStringLiteral("pty") } });
        if (!m_common.logPath.isEmpty())
            empty("log", { { "file", m_common.logPath }, { "append", QStringLiteral("off") } });
        close();
        open("graphics", { { "type", QStringLiteral("vnc") } });
        empty("listen", { { "type", QStringLiteral("socket") } });
        close();
        open("video");
        empty("model", { { "type", QStringLiteral("vga") } });
        close();
        empty("input", { { "type", QStringLiteral("tablet") }, { "bus", QStringLiteral("usb") } });
        writePort(QStringLiteral("org.qemu.guest_agent.0"), domain.qemuAgentSocket);
        if (domain.hasTpm) {
            open("tpm", { { "model", QStringLiteral("tpm-crb") } });
            empty("backend", { { "type", QStringLiteral("emulator") }, { "version", QStringLiteral("2.0") } });
            close();
        }
        open("memballoon", { { "model", QStringLiteral("virtio") } });
        empty("stats", { { "period", QString::number(kBalloonSeconds) } });
        close();
        return end();
    }

private:
    void open(const char* name, Attributes attributes = {})
    {
        m_xml.writeStartElement(QLatin1String(name));
        writeAttributes(attributes);
    }
    void close() { m_xml.writeEndElement(); }
    void empty(const char* name, Attributes attributes)
    {
        m_xml.writeEmptyElement(QLatin1String(name));
        writeAttributes(attributes);
    }
    void text(const char* name, const QString& value, Attributes attributes = {})
    {
        open(name, attributes);
        m_xml.writeCharacters(value);
        close();
    }
    void writeAttributes(Attributes attributes)
    {
        for (const auto& [name, value] : attributes)
            m_xml.writeAttribute(QLatin1String(name), value);
    }

    bool isEmulated() const { return m_common.engine == DomainEngine::Tcg; }

    void begin()
    {
        open("domain", { { "type", isEmulated() ? QStringLiteral("qemu") : QStringLiteral("kvm") } });
        text("name", m_common.name);
        text("uuid", m_common.uuid);
        writeMark();
        text("memory", QString::number(m_common.memoryBytes), { { "unit", QStringLiteral("b") } });
        // without <cputune> it is the whole process that libvirt pins (formatdomain, "CPU Allocation")
        if (m_common.pinnedCpus.isEmpty())
            text("vcpu", QString::number(m_common.cpus));
        else
            text("vcpu", QString::number(m_common.cpus), { { "cpuset", m_common.pinnedCpus } });
    }

    QByteArray end()
    {
        close(); // devices
        close(); // domain
        return m_text;
    }

    void writeMark()
    {
        const QString ns = QLatin1String(kDomainNamespace);
        open("metadata");
        m_xml.writeNamespace(ns, QStringLiteral("twinhull"));
        m_xml.writeStartElement(ns, QStringLiteral("vm"));
        writeAttributes({ { "image", m_common.mark.imageReference }, { "digest", m_common.mark.imageDigest },
            { "twin", m_common.mark.twinGroup } });
        if (m_common.mark.cpus)
            m_xml.writeAttribute(QStringLiteral("cpus"), QString::number(*m_common.mark.cpus));
        for (const PublishedPort& port : m_common.mark.ports) {
            m_xml.writeEmptyElement(ns, QStringLiteral("port"));
            writeAttributes({ { "address", port.hostAddress }, { "host", QString::number(port.hostPort) },
                { "guest", QString::number(port.workloadPort) } });
            if (port.protocol == PortProtocol::Udp)
                m_xml.writeAttribute(QStringLiteral("protocol"), QStringLiteral("udp"));
        }
        const auto& labels = m_common.mark.labels;
        for (auto label = labels.begin(); label != labels.end(); ++label) {
            m_xml.writeEmptyElement(ns, QStringLiteral("label"));
            writeAttributes({ { "key", label.key() }, { "value", label.value() } });
        }
        close();
        close();
    }

    void writeFirmware(MachineFirmware firmware)
    {
        const bool isChecking = firmware == MachineFirmware::SecureBoot;
        if (firmware == MachineFirmware::Bios)
            open("os");
        else
            open("os", { { "firmware", QStringLiteral("efi") } });
        text("type", QStringLiteral("hvm"),
            { { "arch", QStringLiteral("x86_64") }, { "machine", QStringLiteral("q35") } });
        if (firmware != MachineFirmware::Bios) { // else the first that is found, which may start signed systems alone
            open("firmware");
            empty("feature",
                { { "enabled", isChecking ? QStringLiteral("yes") : QStringLiteral("no") },
                    { "name", QStringLiteral("secure-boot") } });
            if (isChecking)
                empty("feature", { { "enabled", QStringLiteral("yes") }, { "name", QStringLiteral("enrolled-keys") } });
            close();
        }
        close();
    }

    void writeFeatures(MachineFirmware firmware = MachineFirmware::Bios)
    {
        const bool isGuarded = firmware == MachineFirmware::SecureBoot; // its variables
        open("features");
        empty("acpi", {});
        empty("apic", {});
        if (m_hasPci) { // microvm has neither, and QEMU refuses the words
            empty("vmport", { { "state", QStringLiteral("off") } });
            empty("smm", { { "state", isGuarded ? QStringLiteral("on") : QStringLiteral("off") } });
        }
        if (isEmulated()) {
            open("tcg");
            text("tb-cache", QString::number(kTranslationCacheMebibytes), { { "unit", QStringLiteral("MiB") } });
            close();
        }
        close();
    }

    void writeProcessor()
    {
        if (!isEmulated()) {
            empty("cpu", { { "mode", QStringLiteral("host-passthrough") }, { "check", QStringLiteral("none") } });
            return;
        }
        open("cpu",
            { { "mode", QStringLiteral("custom") }, { "match", QStringLiteral("exact") },
                { "check", QStringLiteral("none") } });
        text("model", QStringLiteral("qemu64"), { { "fallback", QStringLiteral("forbid") } });
        // without a timer that runs in deep idle the guest wakes a thousand times a second
        empty("feature", { { "policy", QStringLiteral("require") }, { "name", QStringLiteral("arat") } });
        close();
    }

    void writeEndings(const QString& onReboot, bool isClockLocal = false)
    {
        empty("clock", { { "offset", isClockLocal ? QStringLiteral("localtime") : QStringLiteral("utc") } });
        text("on_poweroff", QStringLiteral("destroy"));
        text("on_reboot", onReboot);
        text("on_crash", QStringLiteral("destroy"));
    }

    /// On the root bus itself: behind root ports the guest would probe each port as well. Without PCI: libvirt gives
    /// out no virtio-mmio address on x86 by itself, but takes one (qemu_domain_address.c).
    void writeRootBusAddress(const QString& slot)
    {
        if (!m_hasPci)
            return empty("address", { { "type", QStringLiteral("virtio-mmio") } });
        empty("address", { { "type", QStringLiteral("pci") }, { "bus", QStringLiteral("0x00") }, { "slot", slot } });
    }

    void writeImageDisks(const ImageDomain& domain)
    {
        writeVirtioDisk(
            domain.rootDiskPath, QStringLiteral("vda"), QLatin1String(kGuestRootDiskSerial), QStringLiteral("0x02"));
        empty("readonly", {});
        empty("shareable", {});
        close();
        writeVirtioDisk(
            domain.overlayPath, QStringLiteral("vdb"), QLatin1String(kGuestOverlayDiskSerial), QStringLiteral("0x03"));
        close();
    }

    /// Leaves the element open.
    void writeVirtioDisk(const QString& path, const QString& target, const QString& serial, const QString& slot)
    {
        open("disk", { { "type", QStringLiteral("file") }, { "device", QStringLiteral("disk") } });
        empty("driver", { { "name", QStringLiteral("qemu") }, { "type", QStringLiteral("raw") } });
        empty("source", { { "file", path } });
        empty("target", { { "dev", target }, { "bus", QStringLiteral("virtio") } });
        text("serial", serial);
        writeRootBusAddress(slot);
    }

    /// vdb … or sdc …: sdb is a medium's.
    void writeMoreDisks(const PlainDomain& domain)
    {
        char letter = domain.hasVirtioDevices ? 'b' : 'c';
        for (const QString& path : domain.moreDiskPaths) {
            const QString bus = domain.hasVirtioDevices ? QStringLiteral("vd") : QStringLiteral("sd");
            writeDisk("more", { path }, QStringLiteral("qcow2"), bus + QLatin1Char(letter++));
        }
    }

    struct DiskSourcePlace {
        QString path;
        bool isDevice = false;
    };

    /// `role`: "disk", "cdrom"; "more": a disk that nothing is booted from.
    void writeDisk(const char* role, const DiskSourcePlace& source, const QString& format, const QString& target)
    {
        const bool isMedium = qstrcmp(role, "cdrom") == 0;
        open("disk",
            { { "type", source.isDevice ? QStringLiteral("block") : QStringLiteral("file") },
                { "device", isMedium ? QStringLiteral("cdrom") : QStringLiteral("disk") } });
        empty("driver", { { "name", QStringLiteral("qemu") }, { "type", format } });
        empty("source", { { source.isDevice ? "dev" : "file", source.path } });
        empty("target",
            { { "dev", target },
                { "bus", target.startsWith(u'v') ? QStringLiteral("virtio") : QStringLiteral("sata") } });
        if (qstrcmp(role, "more") != 0)
            empty("boot", { { "order", isMedium ? QStringLiteral("2") : QStringLiteral("1") } });
        if (isMedium)
            empty("readonly", {});
        close();
    }

    void writeNetwork(const QString& model)
    {
        open("interface", { { "type", QStringLiteral("user") } });
        empty("model", { { "type", model } });
        if (model == u"virtio") {
            if (m_hasPci)
                empty("rom", { { "enabled", QStringLiteral("no") } });
            writeRootBusAddress(QStringLiteral("0x04"));
        }
        close();
    }

    void writePlainNetworks(const PlainDomain& domain)
    {
        const QString model = domain.hasVirtioDevices ? QStringLiteral("virtio") : QStringLiteral("e1000e");
        writeFirstNetwork(domain);
        for (int card = 1; card < domain.networkCards; ++card) {
            open("interface", { { "type", QStringLiteral("user") } });
            empty("model", { { "type", model } });
            close();
        }
    }

    void writeFirstNetwork(const PlainDomain& domain)
    {
        const QString usual = domain.hasVirtioDevices ? QStringLiteral("virtio") : QStringLiteral("e1000e");
        const QString model = domain.card.model.isEmpty() ? usual : domain.card.model;
        const bool isUser = domain.card.kind == MachineCard::Kind::User;
        if (isUser && !domain.startsFromNetwork)
            return writeNetwork(model);
        const bool isBridge = domain.card.kind == MachineCard::Kind::Bridge;
        const char* place = isUser ? "user" : isBridge ? "bridge" : "network";
        open("interface", { { "type", QLatin1String(place) } });
        if (!isUser)
            empty("source", { { place, domain.card.name } });
        empty("model", { { "type", model } });
        if (domain.startsFromNetwork) // by its ROM, which is what asks the network
            empty("boot", { { "order", QStringLiteral("2") } });
        close();
    }

    void writePorts(const ImageDomain& domain)
    {
        open("controller", { { "type", QStringLiteral("virtio-serial") }, { "index", QStringLiteral("0") } });
        writeRootBusAddress(QStringLiteral("0x05"));
        close();
        writePort(QLatin1String(kGuestAgentPort), domain.agentSocket);
        for (int number = 0; number < domain.sessionSockets.size(); ++number)
            writePort(QString::fromStdString(guestSessionPort(number)), domain.sessionSockets[number]);
    }

    /// It never takes memory; what the guest has free it tells, and the host gets it back.
    void writeReportingBalloon()
    {
        open("memballoon", { { "model", QStringLiteral("virtio") }, { "freePageReporting", QStringLiteral("on") } });
        writeRootBusAddress(QStringLiteral("0x06"));
        close();
    }

    void writePort(const QString& name, const QString& socketPath)
    {
        open("channel", { { "type", QStringLiteral("unix") } });
        if (!socketPath.isEmpty())
            empty("source", { { "mode", QStringLiteral("bind") }, { "path", socketPath } });
        empty("target", { { "type", QStringLiteral("virtio") }, { "name", name } });
        close();
    }

    const DomainCommon& m_common;
    bool m_hasPci = true;
    QByteArray m_text;
    QXmlStreamWriter m_xml;
};

} // namespace

QByteArray writeDomain(const ImageDomain& domain)
{
    return DomainWriter(domain.common).write(domain);
}

QByteArray writeDomain(const PlainDomain& domain)
{
    return DomainWriter(domain.common).write(domain);
}

} // namespace twinhull
