// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/making/firmware_choice.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

constexpr const char* kFirmwarePackage = "sudo apt install ovmf";
constexpr const char* kTpmPackage = "sudo apt install swtpm";

QString firmwareTr(const char* text)
{
    return QCoreApplication::translate("FirmwareChoice", text);
}

QString nameOf(MachineFirmware firmware)
{
    switch (firmware) {
    case MachineFirmware::Uefi:
        return firmwareTr("UEFI");
    case MachineFirmware::SecureBoot:
        return firmwareTr("UEFI with Secure Boot");
    default:
        return firmwareTr("BIOS");
    }
}

QString sentence(MachineFirmware firmware, const QString& why)
{
    return firmwareTr("Machine: q35 with %1, %2").arg(nameOf(firmware), why);
}

void addTpm(const HostAbilities& host, const QString& system, FirmwareChoice& choice)
{
    choice.hasTpm = host.hasTpm;
    if (host.hasTpm)
        choice.reasons << firmwareTr("TPM: 2.0, emulated, without which %1 is not installed").arg(system);
    else
        choice.warnings << firmwareTr("%1 needs a TPM, and this computer can emulate none: %2")
                               .arg(system, QLatin1String(kTpmPackage));
}

} // namespace

FirmwareChoice chooseFirmware(
    std::optional<MachineFirmware> asked, const std::optional<KnownOs>& os, const HostAbilities& host)
{
    FirmwareChoice choice;
    const KnownOs known = os.value_or(KnownOs{});
    const bool needsUefi = !known.bootsByBios;
    if (known.isWindows && needsUefi)
        addTpm(host, known.name, choice);
    if (asked) {
        choice.firmware = *asked;
        choice.reasons << sentence(*asked, firmwareTr("as asked"));
        if (needsUefi && *asked == MachineFirmware::Bios)
            choice.warnings << firmwareTr("%1 does not boot by BIOS").arg(known.name);
        return choice;
    }
    if (host.hasUefi && (known.bootsByUefi || needsUefi)) {
        const bool isChecked = needsUefi && known.isWindows && host.hasSecureBoot;
        choice.firmware = isChecked ? MachineFirmware::SecureBoot : MachineFirmware::Uefi;
        choice.reasons << sentence(choice.firmware,
            isChecked       ? firmwareTr("without which %1 is not installed").arg(known.name)
                : needsUefi ? firmwareTr("the only one that %1 boots by").arg(known.name)
                            : firmwareTr("which %1 boots by").arg(known.name));
        return choice;
    }
    if (needsUefi)
        choice.warnings << firmwareTr("%1 needs UEFI, and this computer has none for machines: %2")
                               .arg(known.name, QLatin1String(kFirmwarePackage));
    choice.reasons << sentence(MachineFirmware::Bios,
        needsUefi || known.bootsByUefi ? firmwareTr("because this computer has no UEFI for machines")
                                       : firmwareTr("which boots media for PCs"));
    return choice;
}

Result<> checkFirmware(const MachineImport& machine, const HostAbilities& host)
{
    const MachineFirmware firmware = machine.firmware.value_or(MachineFirmware::Bios);
    const bool hasIt = firmware == MachineFirmware::Bios
        || (firmware == MachineFirmware::Uefi ? host.hasUefi : host.hasUefi && host.hasSecureBoot);
    if (!hasIt)
        return Error{ ErrorCode::Unavailable,
            "this computer has no " + nameOf(firmware).toStdString() + " for machines", 0,
            std::string("Choose BIOS, or: ") + kFirmwarePackage };
    if (machine.hasTpm && !host.hasTpm)
        return Error{ ErrorCode::Unavailable, "this computer can emulate no TPM", 0, kTpmPackage };
    return {};
}

} // namespace twinhull
