// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/hardware_rules.h"

#include "core/vms/domain/device_fields.h"
#include "core/vms/domain/machine_fields.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

using FieldKind = HardwareField::Kind;

FieldRule diskLimit(const char* key, const char* label, const char* path)
{
    return { key, label, FieldKind::Number, path };
}

std::vector<DeviceRule> machineRules()
{
    return {
        { "processor", QT_TRANSLATE_NOOP("Hardware", "Processors"), "", "", "", "",
            {
                { "cpus", QT_TRANSLATE_NOOP("Hardware", "Plugged in"), FieldKind::Number, "", "", "", machine::cpus,
                    machine::setCpus },
                { "max-cpus", QT_TRANSLATE_NOOP("Hardware", "At most"), FieldKind::Number, "", "", "",
                    machine::mostCpus, machine::setMostCpus },
                { "topology", QT_TRANSLATE_NOOP("Hardware", "Sockets:cores:threads"), FieldKind::Text, "", "1:4:2", "",
                    machine::topology, machine::setTopology },
                { "cpu-model", QT_TRANSLATE_NOOP("Hardware", "Model"), FieldKind::Choice, "",
                    "host-passthrough host-model maximum qemu64", "", machine::cpuModel, machine::setCpuModel },
                { "pin", QT_TRANSLATE_NOOP("Hardware", "Pinned to the host's"), FieldKind::Text, "", "0=2-3 1=4", "",
                    machine::pins, machine::setPins },
                { "emulator-pin", QT_TRANSLATE_NOOP("Hardware", "QEMU itself pinned to"), FieldKind::Text,
                    "cputune/emulatorpin@cpuset", "0-1" },
                { "shares", QT_TRANSLATE_NOOP("Hardware", "Weight among others"), FieldKind::Number, "cputune/shares",
                    "1024" },
                { "period", QT_TRANSLATE_NOOP("Hardware", "Period, microseconds"), FieldKind::Number, "cputune/period",
                    "100000" },
                { "quota", QT_TRANSLATE_NOOP("Hardware", "Each processor's time in it"), FieldKind::Text,
                    "cputune/quota", "50000" },
                { "iothreads", QT_TRANSLATE_NOOP("Hardware", "Threads for disks"), FieldKind::Number, "", "2", "",
                    machine::ioThreads, machine::setIoThreads },
            },
            false },
        { "memory", QT_TRANSLATE_NOOP("Hardware", "Memory"), "", "", "", "",
            {
                { "memory", QT_TRANSLATE_NOOP("Hardware", "Given"), FieldKind::Bytes, "", "4G", "", machine::memory,
                    machine::setMemory },
                { "max-memory", QT_TRANSLATE_NOOP("Hardware", "At most"), FieldKind::Bytes, "", "8G", "",
                    machine::mostMemory, machine::setMostMemory },
                { "hugepages", QT_TRANSLATE_NOOP("Hardware", "Huge pages"), FieldKind::Flag,
                    "memoryBacking/hugepages" },
                { "locked", QT_TRANSLATE_NOOP("Hardware", "Never swapped out"), FieldKind::Flag,
                    "memoryBacking/locked" },
                { "shared-memory", QT_TRANSLATE_NOOP("Hardware", "Shared with the host"), FieldKind::Flag, "", "", "",
                    machine::isShared, machine::setShared },
            },
            false },
        { "firmware", QT_TRANSLATE_NOOP("Hardware", "Firmware"), "", "", "", "",
            {
                { "firmware", QT_TRANSLATE_NOOP("Hardware", "Firmware"), FieldKind::Choice, "", "bios efi", "",
                    machine::firmware, machine::setFirmware },
                { "secure-boot", QT_TRANSLATE_NOOP("Hardware", "Secure Boot"), FieldKind::Flag, "", "", "",
                    machine::secureBoot, machine::setSecureBoot },
                { "machine", QT_TRANSLATE_NOOP("Hardware", "Machine"), FieldKind::Choice, "os/type@machine", "q35 pc",
                    "", nullptr, nullptr, false },
                { "boot-menu", QT_TRANSLATE_NOOP("Hardware", "Boot menu"), FieldKind::Flag, "os/bootmenu@enable",
                    "yes" },
            },
            false },
    };
}

std::vector<DeviceRule> storageRules()
{
    return {
        { "disk", QT_TRANSLATE_NOOP("Hardware", "Disk"), "disk", "device=disk type=file", "device=disk", "target",
            {
                { "source", QT_TRANSLATE_NOOP("Hardware", "Image"), FieldKind::Path, "", "", "", device::source,
                    device::setSource },
                { "target", QT_TRANSLATE_NOOP("Hardware", "Name"), FieldKind::Text, "target@dev" },
                { "bus", QT_TRANSLATE_NOOP("Hardware", "Bus"), FieldKind::Choice, "target@bus",
                    "virtio sata scsi usb ide", "virtio", nullptr, device::setDiskBus },
                { "format", QT_TRANSLATE_NOOP("Hardware", "Format"), FieldKind::Choice, "driver@type", "qcow2 raw" },
                { "cache", QT_TRANSLATE_NOOP("Hardware", "Cache"), FieldKind::Choice, "driver@cache",
                    "none writeback writethrough directsync unsafe" },
                { "io", QT_TRANSLATE_NOOP("Hardware", "Input and output by"), FieldKind::Choice, "driver@io",
                    "threads native io_uring" },
                { "discard", QT_TRANSLATE_NOOP("Hardware", "Discard"), FieldKind::Choice, "driver@discard",
                    "unmap ignore" },
                { "readonly", QT_TRANSLATE_NOOP("Hardware", "Read-only"), FieldKind::Flag, "readonly" },
                { "shareable", QT_TRANSLATE_NOOP("Hardware", "Shared with other VMs"), FieldKind::Flag, "shareable" },
                { "serial", QT_TRANSLATE_NOOP("Hardware", "Serial number"), FieldKind::Text, "serial" },
                { "boot", QT_TRANSLATE_NOOP("Hardware", "Boot order"), FieldKind::Number, "boot@order" },
                { "iothread", QT_TRANSLATE_NOOP("Hardware", "By the IO thread"), FieldKind::Number, "driver@iothread",
                    "1" },
                diskLimit("read-bytes", QT_TRANSLATE_NOOP("Hardware", "Bytes read a second"), "iotune/read_bytes_sec"),
                diskLimit(
                    "write-bytes", QT_TRANSLATE_NOOP("Hardware", "Bytes written a second"), "iotune/write_bytes_sec"),
                diskLimit("total-bytes", QT_TRANSLATE_NOOP("Hardware", "Bytes a second"), "iotune/total_bytes_sec"),
                diskLimit("read-iops", QT_TRANSLATE_NOOP("Hardware", "Reads a second"), "iotune/read_iops_sec"),
                diskLimit("write-iops", QT_TRANSLATE_NOOP("Hardware", "Writes a second"), "iotune/write_iops_sec"),
                diskLimit("total-iops", QT_TRANSLATE_NOOP("Hardware", "Operations a second"), "iotune/total_iops_sec"),
            } },
        { "cdrom", QT_TRANSLATE_NOOP("Hardware", "CD-ROM"), "disk", "device=cdrom type=file", "device=cdrom", "target",
            {
                { "source", QT_TRANSLATE_NOOP("Hardware", "Medium"), FieldKind::Path, "", "", "", device::source,
                    device::setSource },
                { "target", QT_TRANSLATE_NOOP("Hardware", "Name"), FieldKind::Text, "target@dev" },
                { "bus", QT_TRANSLATE_NOOP("Hardware", "Bus"), FieldKind::Choice, "target@bus", "sata scsi usb ide",
                    "sata", nullptr, device::setDiskBus },
                { "readonly", QT_TRANSLATE_NOOP("Hardware", "Read-only"), FieldKind::Flag, "readonly", "", "yes" },
                { "boot", QT_TRANSLATE_NOOP("Hardware", "Boot order"), FieldKind::Number, "boot@order" },
            } },
        { "shared-folder", QT_TRANSLATE_NOOP("Hardware", "Shared folder"), "filesystem", "type=mount", "", "target",
            {
                { "source", QT_TRANSLATE_NOOP("Hardware", "Folder"), FieldKind::Path, "source@dir" },
                { "target", QT_TRANSLATE_NOOP("Hardware", "Tag in the guest"), FieldKind::Text, "target@dir" },
                { "driver", QT_TRANSLATE_NOOP("Hardware", "Driver"), FieldKind::Choice, "driver@type", "virtiofs path",
                    "virtiofs", nullptr, device::setFolderDriver },
                { "access", QT_TRANSLATE_NOOP("Hardware", "Access"), FieldKind::Choice, "@accessmode",
                    "passthrough mapped squash", "passthrough" },
                { "readonly", QT_TRANSLATE_NOOP("Hardware", "Read-only"), FieldKind::Flag, "readonly" },
            } },
    };
}

std::vector<DeviceRule> screenRules()
{
    return {
        { "nic", QT_TRANSLATE_NOOP("Hardware", "Network card"), "interface", "type=user", "", "mac",
            {
                { "mac", QT_TRANSLATE_NOOP("Hardware", "MAC address"), FieldKind::Text, "mac@address" },
                { "type", QT_TRANSLATE_NOOP("Hardware", "Connected to"), FieldKind::Choice, "@type",
                    "user network bridge direct", "", nullptr, device::setNetworkType },
                { "source", QT_TRANSLATE_NOOP("Hardware", "Network or device"), FieldKind::Text, "", "", "",
                    device::networkSource, device::setNetworkSource },
                { "model", QT_TRANSLATE_NOOP("Hardware", "Model"), FieldKind::Choice, "model@type",
                    "virtio e1000e e1000 rtl8139", "virtio" },
                { "link", QT_TRANSLATE_NOOP("Hardware", "Cable"), FieldKind::Choice, "link@state", "up down" },
                { "mtu", QT_TRANSLATE_NOOP("Hardware", "MTU"), FieldKind::Number, "mtu@size" },
                { "boot", QT_TRANSLATE_NOOP("Hardware", "Boot order"), FieldKind::Number, "boot@order" },
            } },
        { "graphics", QT_TRANSLATE_NOOP("Hardware", "Screen"), "graphics", "type=vnc", "", "type",
            {
                { "type", QT_TRANSLATE_NOOP("Hardware", "Protocol"), FieldKind::Choice, "@type", "vnc spice" },
                { "listen", QT_TRANSLATE_NOOP("Hardware", "Listens on"), FieldKind::Choice, "listen@type",
                    "address socket none", "", nullptr, nullptr, false },
                { "port", QT_TRANSLATE_NOOP("Hardware", "Port"), FieldKind::Text, "@port", "", "", nullptr, nullptr,
                    false },
            } },
        { "video", QT_TRANSLATE_NOOP("Hardware", "Video card"), "video", "", "", "",
            {
                { "model", QT_TRANSLATE_NOOP("Hardware", "Model"), FieldKind::Choice, "model@type",
                    "virtio vga qxl bochs ramfb none", "virtio", nullptr, device::setVideoModel },
                { "heads", QT_TRANSLATE_NOOP("Hardware", "Screens"), FieldKind::Number, "model@heads" },
                { "accelerated", QT_TRANSLATE_NOOP("Hardware", "3D"), FieldKind::Flag, "model/acceleration@accel3d",
                    "yes" },
            } },
        { "sound", QT_TRANSLATE_NOOP("Hardware", "Sound card"), "sound", "", "", "",
            { { "model", QT_TRANSLATE_NOOP("Hardware", "Model"), FieldKind::Choice, "@model", "ich9 ich6 ac97 usb",
                "ich9", nullptr, device::setMovingModel } } },
        { "serial", QT_TRANSLATE_NOOP("Hardware", "Serial port"), "serial", "type=pty", "", "",
            {
                { "type", QT_TRANSLATE_NOOP("Hardware", "Goes to"), FieldKind::Choice, "@type", "pty file unix" },
                { "path", QT_TRANSLATE_NOOP("Hardware", "Path"), FieldKind::Path, "source@path", "", "", nullptr,
                    nullptr, false },
                { "log", QT_TRANSLATE_NOOP("Hardware", "Log"), FieldKind::Path, "log@file" },
            } },
        { "input", QT_TRANSLATE_NOOP("Hardware", "Input"), "input", "", "", "",
            {
                { "type", QT_TRANSLATE_NOOP("Hardware", "Kind"), FieldKind::Choice, "@type", "tablet keyboard mouse",
                    "tablet" },
                { "bus", QT_TRANSLATE_NOOP("Hardware", "Bus"), FieldKind::Choice, "@bus", "usb virtio ps2", "usb",
                    nullptr, device::setInputBus },
            } },
    };
}

std::vector<DeviceRule> channelRules()
{
    return {
        { "channel", QT_TRANSLATE_NOOP("Hardware", "Channel"), "channel", "type=unix", "type=unix", "name",
            {
                { "name", QT_TRANSLATE_NOOP("Hardware", "Name in the guest"), FieldKind::Choice, "target@name",
                    "org.qemu.guest_agent.0", "org.qemu.guest_agent.0" },
                { "type", QT_TRANSLATE_NOOP("Hardware", "Kind"), FieldKind::Choice, "target@type", "virtio", "virtio" },
            } },
    };
}

std::vector<DeviceRule> smallRules()
{
    return {
        { "usb", QT_TRANSLATE_NOOP("Hardware", "USB device of the host"), "hostdev",
            "mode=subsystem type=usb managed=yes", "type=usb", "device",
            {
                { "device", QT_TRANSLATE_NOOP("Hardware", "Vendor:product, or bus.device"), FieldKind::Text, "",
                    "1d6b:0002", "", device::usbDevice, device::setUsbDevice },
            } },
        { "pci", QT_TRANSLATE_NOOP("Hardware", "PCI device of the host"), "hostdev",
            "mode=subsystem type=pci managed=yes", "type=pci", "device",
            {
                { "device", QT_TRANSLATE_NOOP("Hardware", "Address"), FieldKind::Text, "", "0000:01:00.0", "",
                    device::pciDevice, device::setPciDevice },
            } },
        { "tpm", QT_TRANSLATE_NOOP("Hardware", "TPM"), "tpm", "", "", "",
            {
                { "model", QT_TRANSLATE_NOOP("Hardware", "Model"), FieldKind::Choice, "@model", "tpm-crb tpm-tis",
                    "tpm-crb" },
                { "backend", QT_TRANSLATE_NOOP("Hardware", "Made by"), FieldKind::Choice, "backend@type",
                    "emulator passthrough", "emulator" },
                { "version", QT_TRANSLATE_NOOP("Hardware", "Version"), FieldKind::Choice, "backend@version", "2.0 1.2",
                    "2.0" },
            } },
        { "watchdog", QT_TRANSLATE_NOOP("Hardware", "Watchdog"), "watchdog", "", "", "",
            {
                { "model", QT_TRANSLATE_NOOP("Hardware", "Model"), FieldKind::Choice, "@model", "itco i6300esb ib700",
                    "i6300esb", nullptr, device::setMovingModel },
                { "action", QT_TRANSLATE_NOOP("Hardware", "Then"), FieldKind::Choice, "@action",
                    "reset shutdown poweroff pause inject-nmi none", "reset" },
            } },
        { "rng", QT_TRANSLATE_NOOP("Hardware", "Random numbers"), "rng", "", "", "",
            {
                { "model", QT_TRANSLATE_NOOP("Hardware", "Model"), FieldKind::Choice, "@model", "virtio", "virtio" },
                { "backend", QT_TRANSLATE_NOOP("Hardware", "From"), FieldKind::Choice, "backend@model",
                    "random builtin egd", "random" },
                { "source", QT_TRANSLATE_NOOP("Hardware", "Path"), FieldKind::Path, "backend", "", "/dev/urandom" },
                { "bytes", QT_TRANSLATE_NOOP("Hardware", "Bytes a period"), FieldKind::Number, "rate@bytes" },
            } },
        { "vsock", QT_TRANSLATE_NOOP("Hardware", "vsock"), "vsock", "", "", "",
            {
                { "model", QT_TRANSLATE_NOOP("Hardware", "Model"), FieldKind::Choice, "@model", "virtio", "virtio" },
                { "cid", QT_TRANSLATE_NOOP("Hardware", "Address"), FieldKind::Text, "cid@address", "", "", nullptr,
                    nullptr, false },
                { "auto", QT_TRANSLATE_NOOP("Hardware", "Address by libvirt"), FieldKind::Flag, "cid@auto", "yes",
                    "yes" },
            } },
        { "balloon", QT_TRANSLATE_NOOP("Hardware", "Balloon"), "memballoon", "", "", "",
            {
                { "model", QT_TRANSLATE_NOOP("Hardware", "Model"), FieldKind::Choice, "@model", "virtio none", "virtio",
                    nullptr, device::setMovingModel },
                { "period", QT_TRANSLATE_NOOP("Hardware", "Tells each … seconds"), FieldKind::Number, "stats@period" },
                { "free-page-reporting", QT_TRANSLATE_NOOP("Hardware", "Gives free pages back"), FieldKind::Flag,
                    "@freePageReporting", "on" },
            },
            false },
    };
}

bool bearsMark(xmlNodePtr element, const QString& mark)
{
    return mark.isEmpty() || textAt(element, u'@' + mark.section(u'=', 0, 0)) == mark.section(u'=', 1);
}

QString wordForYes(const FieldRule& rule)
{
    return *rule.choices != '\0' ? QString::fromLatin1(rule.choices) : QStringLiteral("yes");
}

bool isElementFlag(const FieldRule& rule)
{
    return rule.kind == FieldKind::Flag && !QLatin1String(rule.path).contains(u'@');
}

Result<QString> flagFrom(const FieldRule& rule, const QString& value)
{
    if (value.isEmpty() || value == u"no" || value == u"off" || value == u"false")
        return QString();
    if (value == u"yes" || value == u"on" || value == u"true")
        return QStringLiteral("yes");
    return Error{ ErrorCode::InvalidArgument, std::string(rule.key) + " is yes or no", 0, {} };
}

Result<> checkNumber(const FieldRule& rule, const QString& value)
{
    bool isNumber = value.isEmpty();
    if (!isNumber)
        (void)value.toULongLong(&isNumber);
    if (isNumber)
        return {};
    return Error{ ErrorCode::InvalidArgument, std::string(rule.key) + ": \"" + value.toStdString() + "\" is no number",
        0, {} };
}

} // namespace

const std::vector<DeviceRule>& deviceRules()
{
    static const std::vector<DeviceRule> rules = [] {
        std::vector<DeviceRule> all;
        for (auto part : { machineRules(), storageRules(), screenRules(), channelRules(), smallRules() })
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return rules;
}

const DeviceRule* ruleOfKind(const QString& kind)
{
    for (const auto& rule : deviceRules()) {
        if (kind == QLatin1String(rule.kind))
            return &rule;
    }
    return nullptr;
}

const DeviceRule* ruleOf(xmlNodePtr element)
{
    for (const auto& rule : deviceRules()) {
        if (*rule.element != '\0' && isElement(element, rule.element)
            && bearsMark(element, QString::fromLatin1(rule.tellingMark)))
            return &rule;
    }
    return nullptr;
}

QString fieldValue(const FieldRule& rule, xmlNodePtr element)
{
    if (rule.read != nullptr)
        return rule.read(element);
    const QString path = QString::fromLatin1(rule.path);
    if (rule.kind != FieldKind::Flag)
        return textAt(element, path);
    const bool isYes = isElementFlag(rule) ? isThere(element, path) : textAt(element, path) == wordForYes(rule);
    return isYes ? QStringLiteral("yes") : QString();
}

Result<> setFieldValue(const FieldRule& rule, xmlNodePtr element, const QString& value)
{
    QString text = value;
    if (rule.kind == FieldKind::Flag) {
        const auto flag = flagFrom(rule, value);
        if (!flag)
            return flag.error();
        text = *flag;
    }
    if (rule.kind == FieldKind::Number) {
        if (auto checked = checkNumber(rule, value); !checked)
            return checked;
    }
    if (rule.write != nullptr)
        return rule.write(element, text);
    const QString path = QString::fromLatin1(rule.path);
    if (isElementFlag(rule))
        setPresence(element, path, !text.isEmpty());
    else
        setTextAt(element, path, rule.kind == FieldKind::Flag && !text.isEmpty() ? wordForYes(rule) : text);
    return {};
}

} // namespace twinhull
