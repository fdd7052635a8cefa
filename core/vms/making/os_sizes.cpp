// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/os_sizes.h"

#include "core/base/text.h"
#include "core/vms/making/firmware_choice.h"
#include "core/vms/making/vm_creation.h"
#include "core/workload/start_room.h"

#include <QCoreApplication>

#include <sys/statvfs.h>

#include <algorithm>

namespace twinhull {

namespace {

QString sizesTr(const char* text)
{
    return QCoreApplication::translate("OsSizes", text);
}

QString bytesText(std::uint64_t bytes)
{
    return QString::fromStdString(formatBytes(bytes));
}

/// The recommended size, else twice the minimum (which is what it takes to get through), else the default.
std::uint64_t sizeFor(std::uint64_t recommended, std::uint64_t minimum, std::uint64_t fallback)
{
    if (recommended != 0)
        return recommended;
    return minimum != 0 ? std::max(2 * minimum, fallback) : fallback;
}

QString reasonOfSize(
    const QString& what, std::uint64_t chosen, bool isAsked, std::uint64_t recommended, std::uint64_t minimum)
{
    QString why = isAsked  ? sizesTr("as asked")
        : recommended != 0 ? sizesTr("recommended by the system")
        : minimum != 0     ? sizesTr("the system tells its minimum only")
                           : sizesTr("the system says nothing of it");
    if (chosen < minimum)
        why += sizesTr("; LESS than its minimum of %1").arg(bytesText(minimum));
    else if (minimum != 0)
        why += sizesTr("; its minimum is %1").arg(bytesText(minimum));
    return QStringLiteral("%1 %2: %3").arg(what, bytesText(chosen), why);
}

QString systemSentence(const MachineImport& asked, const std::optional<KnownOs>& os)
{
    if (os)
        return sizesTr("System: %1 (%2)").arg(os->name, os->id);
    const auto* iso = std::get_if<IsoSource>(&asked.plan.source);
    if (asked.installer)
        return sizesTr("System: not known by the installer; choose it where you know it");
    if (iso != nullptr && iso->path.isEmpty())
        return sizesTr("System: the network does not tell; choose it where you know it");
    return iso != nullptr ? sizesTr("System: not known by the medium; choose it where you know it")
                          : sizesTr("System: a disk does not tell; choose it where you know it");
}

/// A cloud image is made for virtual machines, whatever its system.
QString chooseDevices(const KnownOs& known, MachineImport& machine)
{
    if (known.hasVirtioDisk && known.hasVirtioNetwork) {
        machine.hasVirtioDevices = true;
        return sizesTr("Disk and network: virtio, whose drivers the system brings");
    }
    if (machine.cloudInit && known.id.isEmpty()) {
        machine.hasVirtioDevices = true;
        return sizesTr("Disk and network: virtio, as cloud images are made for");
    }
    machine.hasVirtioDevices = false;
    return sizesTr("Disk and network: SATA and e1000e, which need no driver of their own");
}

} // namespace

MachineAdvice chooseMachine(const MachineImport& asked, const std::optional<KnownOs>& os, const HostAbilities& host)
{
    MachineAdvice advice{ os, asked, {}, {} };
    const KnownOs known = os.value_or(KnownOs{});
    auto& plan = advice.machine.plan;
    advice.reasons << systemSentence(asked, os);
    const bool isMemoryAsked = plan.limits.memoryBytes.has_value();
    if (!isMemoryAsked)
        plan.limits.memoryBytes
            = sizeFor(known.recommended.memoryBytes, known.minimum.memoryBytes, kDefaultPlainVmBytes);
    advice.reasons << reasonOfSize(sizesTr("Memory"), *plan.limits.memoryBytes, isMemoryAsked,
        known.recommended.memoryBytes, known.minimum.memoryBytes);
    if (auto* iso = std::get_if<IsoSource>(&plan.source)) {
        const bool isDiskAsked = iso->diskBytes != 0;
        if (!isDiskAsked)
            iso->diskBytes = sizeFor(known.recommended.diskBytes, known.minimum.diskBytes, kDefaultNewDiskBytes);
        advice.reasons << reasonOfSize(
            sizesTr("Disk"), iso->diskBytes, isDiskAsked, known.recommended.diskBytes, known.minimum.diskBytes);
    }
    if (!plan.limits.cpus && known.recommended.cpus > 1)
        plan.limits.cpus = known.recommended.cpus;
    advice.reasons << chooseDevices(known, advice.machine);
    advice.machine.isClockLocal = known.isWindows;
    if (known.isWindows)
        advice.reasons << sizesTr("Clock: the local time, as Windows expects it");
    const FirmwareChoice firmware = chooseFirmware(asked.firmware, os, host);
    advice.machine.firmware = firmware.firmware;
    advice.machine.hasTpm = asked.hasTpm || firmware.hasTpm;
    advice.reasons += firmware.reasons;
    advice.warnings += firmware.warnings;
    return advice;
}

QStringList capacityWarnings(const WorkloadPlan& plan, const std::string& folder)
{
    QStringList warnings;
    if (const auto available = availableMemoryBytes(); available && memoryBytesFor(plan) > *available)
        warnings << sizesTr("Its memory is %1, and %2 is available now")
                        .arg(bytesText(memoryBytesFor(plan)), bytesText(*available));
    struct statvfs room { };
    const auto* iso = std::get_if<IsoSource>(&plan.source);
    if (iso != nullptr && ::statvfs(folder.c_str(), &room) == 0) {
        const std::uint64_t available = std::uint64_t{ room.f_bavail } * room.f_frsize;
        if (iso->diskBytes > available)
            warnings << sizesTr("Its disk may grow to %1, and %2 has %3 free")
                            .arg(bytesText(iso->diskBytes), QString::fromStdString(folder), bytesText(available));
    }
    return warnings;
}

} // namespace twinhull
