// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/create_form.h"

#include "core/base/text.h"
#include "core/twin/command_words.h"
#include "ui/create/form_text.h"

namespace twinhull {

namespace {

InstallerSource installerOf(const CreateForm& form)
{
    InstallerSource installer{ form.mediumPath, form.machine.kernelArguments.trimmed() };
    if (form.machine.unattended)
        installer.unattended = unattendedOf(*form.machine.unattended);
    return installer;
}

std::variant<ImageSource, IsoSource, DiskSource> sourceOf(const CreateForm& form)
{
    if (form.usesImage())
        return ImageSource{ form.image };
    if (form.vmSource == VmSource::Iso)
        return IsoSource{ form.mediumPath, form.diskBytes };
    if (form.vmSource == VmSource::Network)
        return IsoSource{ {}, form.diskBytes };
    if (form.vmSource == VmSource::Tree) // the medium is one that the installer may want as well
        return IsoSource{ installerOf(form).isIsoFile() ? form.mediumPath : QString(), form.diskBytes };
    return DiskSource{ form.mediumPath };
}

/// None for an open quote, which checkForm() has refused.
QStringList wordsOf(const QString& command)
{
    const auto words = commandWords(command);
    return words ? *words : QStringList();
}

void addUnseen(const UnseenOptions& unseen, WorkloadPlan& plan)
{
    plan.pinnedCpus = unseen.pinnedCpus;
    plan.hasTerminal = unseen.hasTerminal;
    plan.hasInput = unseen.hasInput;
    plan.process.limits = unseen.processLimits;
    plan.environment += unseen.environment;
    plan.mounts.insert(plan.mounts.end(), unseen.mounts.begin(), unseen.mounts.end());
    if (plan.upkeep.hasNoHealthCheck)
        return;
    const bool hasOwnTimes = unseen.healthTimeout != HealthCheck().timeout
        || unseen.healthStartPeriod != HealthCheck().startPeriod
        || unseen.healthStartInterval != HealthCheck().startInterval;
    if (hasOwnTimes && !plan.upkeep.health)
        plan.upkeep.health = HealthCheck();
    if (plan.upkeep.health) {
        plan.upkeep.health->timeout = unseen.healthTimeout;
        plan.upkeep.health->startPeriod = unseen.healthStartPeriod;
        plan.upkeep.health->startInterval = unseen.healthStartInterval;
    }
}

} // namespace

WorkloadPlan workloadPlanOf(const CreateForm& form)
{
    WorkloadPlan plan;
    plan.name = form.name;
    plan.source = sourceOf(form);
    if (form.usesImage()) {
        plan.command = wordsOf(form.command);
        plan.environment = environmentLines(form.environment);
        plan.mounts = parseMounts(form.mounts).items;
    }
    plan.ports = parsePorts(form.ports).items;
    plan.limits = form.limits;
    if (form.kind == NewWorkload::Vm)
        plan.limits.pids.reset(); // typed while it was to be a container
    plan.hasNetwork = form.hasNetwork;
    if (form.kind == NewWorkload::Container) {
        applyMoreForm(form.more, plan);
        addUnseen(form.unseen, plan);
    } else if (form.usesImage()) {
        applyMoreFormOfVm(form.more, plan);
        if (form.imageMachine != MachineChoice::Automatic) // else what the label lines say
            setMachineChoice(plan.labels, form.imageMachine);
    }
    return plan;
}

MachineImport machineImportOf(const CreateForm& form)
{
    MachineImport machine;
    machine.plan = workloadPlanOf(form);
    machine.firmware = form.machine.firmware;
    if (form.makesDisk()) {
        machine.pool = form.machine.pool;
        machine.volume = form.machine.pool.isEmpty() ? QString() : form.machine.volume;
    }
    if (form.hasNetwork)
        machine.card = form.machine.card;
    if (form.vmSource == VmSource::Disk && (form.machine.isInPlace || form.isElsewhere()))
        machine.handling = DiskHandling::InPlace;
    else if (const auto bytes = parseSize(form.machine.enlargedTo.toStdString()); bytes)
        machine.diskBytes = *bytes;
    if (form.vmSource == VmSource::CloudImage)
        machine.cloudInit = cloudInitOf(form.machine.cloudInit);
    if (form.vmSource == VmSource::Tree)
        machine.installer = installerOf(form);
    return machine;
}

TwinPlan twinPlanOf(const CreateForm& form)
{
    TwinPlan plan;
    plan.imageReference = form.image;
    plan.name = form.name;
    plan.command = wordsOf(form.command);
    plan.environment = environmentLines(form.environment);
    plan.limits = form.limits;
    plan.machine = form.imageMachine;
    plan.workloadPort = form.twinPort;
    return plan;
}

} // namespace twinhull
