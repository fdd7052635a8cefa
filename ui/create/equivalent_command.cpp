// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/equivalent_command.h"

#include "core/twin/twin_command.h"
#include "core/workload/machine_card.h"
#include "core/workload/option_text.h"
#include "core/workload/plan_command.h"
#include "ui/widgets/machine_host.h"

namespace twinhull {

namespace {

QStringList cloudWords(const CloudInitText& text)
{
    QStringList words;
    const auto add = [&words](const char* key, const QString& value) {
        if (!value.isEmpty())
            words << QStringLiteral("--cloud-init") << QLatin1String(key) + value;
    };
    add("user=", text.user.trimmed());
    if (!text.password.isEmpty()) // which no command line should tell
        add("password-file=", QStringLiteral("FILE"));
    for (const QString& file : text.keyFileList())
        add("ssh-key=", file);
    add("packages=", text.packageList().join(u'+'));
    add("hostname=", text.hostName.trimmed());
    if (!text.userDataFile.isEmpty())
        words << QStringLiteral("--user-data") << text.userDataFile;
    if (!text.networkConfigFile.isEmpty())
        words << QStringLiteral("--network-config") << text.networkConfigFile;
    return words;
}

QString firmwareWord(MachineFirmware firmware)
{
    if (firmware == MachineFirmware::Bios)
        return QStringLiteral("bios");
    return firmware == MachineFirmware::Uefi ? QStringLiteral("uefi") : QStringLiteral("secure-boot");
}

QStringList unattendedWords(const UnattendedText& text)
{
    QStringList words{ QStringLiteral("--unattended"), QStringLiteral("--user-password-file"), QStringLiteral("FILE") };
    const auto add = [&words](const char* option, const QString& value) {
        if (!value.isEmpty())
            words << QLatin1String(option) << value;
    };
    add("--user", text.user.trimmed());
    add("--hostname", text.hostName.trimmed());
    for (const QString& file : text.keyFileList())
        add("--ssh-key", file);
    return words;
}

QString newDiskWord(const CreateForm& form)
{
    const MachineForm& machine = form.machine;
    const QString size = sizeWord(form.diskBytes);
    if (machine.pool.isEmpty())
        return size;
    const QString named = machine.volume.isEmpty() ? QString() : QStringLiteral(",name=") + machine.volume;
    return QStringLiteral("pool=%1,size=%2%3").arg(machine.pool, size, named);
}

QStringList treeWords(const CreateForm& form)
{
    QStringList words{ QStringLiteral("--location"), form.mediumPath, QStringLiteral("--disk"), newDiskWord(form) };
    if (const QString arguments = form.machine.kernelArguments.trimmed(); !arguments.isEmpty())
        words << QStringLiteral("--extra-args=") + arguments; // it may begin with a dash
    return form.machine.unattended ? words + unattendedWords(*form.machine.unattended) : words;
}

QStringList sourceWords(const CreateForm& form)
{
    if (form.vmSource == VmSource::Iso)
        return { QStringLiteral("--cdrom"), form.mediumPath, QStringLiteral("--disk"), newDiskWord(form) };
    if (form.vmSource == VmSource::Network)
        return { QStringLiteral("--pxe"), QStringLiteral("--disk"), newDiskWord(form) };
    if (form.vmSource == VmSource::Tree)
        return treeWords(form);
    QStringList words{ QStringLiteral("--disk"), form.mediumPath };
    if (form.vmSource == VmSource::Disk && (form.machine.isInPlace || form.isElsewhere()))
        words << QStringLiteral("--in-place");
    else if (!form.machine.enlargedTo.isEmpty())
        words << QStringLiteral("--size") << form.machine.enlargedTo;
    return form.vmSource == VmSource::CloudImage ? words + cloudWords(form.machine.cloudInit) : words;
}

QStringList machineCommand(const CreateForm& form)
{
    QStringList words = hostCommand(form.connection());
    words << QStringLiteral("vm") << (form.makesDisk() ? QStringLiteral("create") : QStringLiteral("import"))
          << QStringLiteral("--start") << QStringLiteral("--name") << form.name;
    const WorkloadPlan plan = workloadPlanOf(form);
    words += sourceWords(form) + limitWords(plan.limits);
    if (!form.machine.systemId.isEmpty())
        words << QStringLiteral("--os") << form.machine.systemId;
    if (form.machine.firmware)
        words << QStringLiteral("--firmware") << firmwareWord(*form.machine.firmware);
    for (const QString& port : portTexts(plan.ports))
        words << QStringLiteral("-p") << port;
    if (!plan.hasNetwork)
        words << QStringLiteral("--network") << QStringLiteral("none");
    else if (form.machine.card != MachineCard())
        words << QStringLiteral("--network") << cardText(form.machine.card);
    return words;
}

} // namespace

QString equivalentCommand(const CreateForm& form)
{
    CreateForm shown = form; // what is still missing stands in capitals
    if (shown.image.isEmpty())
        shown.image = QStringLiteral("IMAGE");
    if (shown.mediumPath.isEmpty())
        shown.mediumPath = shown.vmSource == VmSource::Tree ? QStringLiteral("ADDRESS") : QStringLiteral("FILE");
    if (shown.kind == NewWorkload::Twin)
        return shellLine(twinCommand(twinPlanOf(shown)));
    if (!shown.usesImage())
        return shellLine(machineCommand(shown));
    const auto kind = shown.kind == NewWorkload::Vm ? WorkloadKind::Vm : WorkloadKind::Container;
    return shellLine(planCommand(workloadPlanOf(shown), kind));
}

} // namespace twinhull
