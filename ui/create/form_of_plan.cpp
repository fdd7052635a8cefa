// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/form_of_plan.h"

#include "core/workload/option_text.h"
#include "core/workload/plan_command.h"
#include "core/workload/upkeep_command.h"
#include "ui/create/form_text.h"

namespace twinhull {

namespace {

/// What `text` makes of each, with `separator` between them.
template <typename List, typename Text>
QString joined(const List& list, Text text, const QString& separator)
{
    QStringList parts;
    for (const auto& each : list)
        parts << text(each);
    return parts.join(separator);
}

const QString kComma = QStringLiteral(", ");
const QString kSpace = QStringLiteral(" ");
const QString kLine = QStringLiteral("\n");

/// A value with a line end or blanks at its ends is none that a line can hold.
void fillEnvironment(const QStringList& environment, CreateForm& form)
{
    QStringList lines;
    for (const QString& variable : environment)
        (environmentLines(variable) == QStringList{ variable } ? lines : form.unseen.environment) << variable;
    form.environment = lines.join(kLine);
}

/// A path with a comma or a colon cannot be written among others.
void fillMounts(const std::vector<Mount>& mounts, CreateForm& form)
{
    QStringList texts;
    for (const Mount& mount : mounts) {
        const QString text = mount.source + u':' + mount.target + mountOptionsText(mount.readOnly, mount.startsEmpty);
        const auto readBack = parseMounts(text);
        if (readBack.wrong.isEmpty() && readBack.items.size() == 1 && readBack.items.front() == mount)
            texts << text;
        else
            form.unseen.mounts.push_back(mount);
    }
    form.mounts = texts.join(kComma);
}

ProcessText processText(const WorkloadPlan& plan)
{
    ProcessText text;
    text.user = plan.process.user;
    text.workingFolder = plan.process.workingFolder;
    if (const auto& entrypoint = plan.process.entrypoint)
        text.entrypoint = entrypoint->isEmpty() ? QStringLiteral("''") : shellLine(*entrypoint);
    text.hostName = plan.naming.hostName;
    text.stopSignal = plan.process.stopSignal;
    text.stopSeconds = plan.process.stopSeconds;
    for (auto label = plan.labels.begin(); label != plan.labels.end(); ++label)
        text.labels += label.key() + u'=' + label.value() + kLine;
    text.hasInit = plan.process.hasInit;
    text.keepId = plan.process.keepId;
    return text;
}

NetworkText networkText(const WorkloadPlan& plan)
{
    return { plan.hasHostNetwork ? QStringLiteral("host") : joined(plan.networks, &networkUseText, kSpace),
        plan.naming.nameServers.join(kComma), plan.naming.searchDomains.join(kComma),
        joined(plan.naming.hosts, &hostEntryText, kComma) };
}

SecurityText securityText(const WorkloadPlan& plan)
{
    const SecurityOptions& security = plan.security;
    return { security.addedCapabilities.join(kComma), security.droppedCapabilities.join(kComma), security.seccomp,
        security.seccompPath, joined(plan.files.devices, &deviceText, kComma),
        joined(plan.files.temporaryFolders, &temporaryFolderText, kSpace),
        joined(plan.files.secrets, &secretText, kSpace), plan.files.isRootReadOnly, security.allowsNewPrivileges };
}

LimitText limitText(const FineLimits& limits)
{
    LimitText text;
    if (const auto& both = limits.memoryAndSwapBytes)
        text.memoryAndSwap = swapText(*both);
    text.cpuSet = limits.cpuSet;
    if (limits.cpuShares)
        text.cpuShares = QString::number(*limits.cpuShares);
    for (const auto& rate : limits.deviceRates) {
        QString& line = text.deviceRates[static_cast<std::size_t>(rate.kind)];
        line += (line.isEmpty() ? QString() : kComma) + deviceRateText(rate);
    }
    return text;
}

UpkeepText upkeepText(const Upkeep& upkeep)
{
    UpkeepText text;
    text.restart = upkeep.restart;
    text.isRemovedAtEnd = upkeep.isRemovedAtEnd;
    text.hasNoHealthCheck = upkeep.hasNoHealthCheck;
    const LogLimits usualLog;
    if (upkeep.log.maxBytes != usualLog.maxBytes)
        text.logSize = swapText(static_cast<std::int64_t>(upkeep.log.maxBytes));
    if (upkeep.log.maxFiles != usualLog.maxFiles)
        text.logFiles = QString::number(upkeep.log.maxFiles);
    if (!upkeep.health)
        return text;
    const HealthCheck usual;
    if (!upkeep.health->command.empty())
        text.healthCommand = healthCommandText(upkeep.health->command);
    if (upkeep.health->interval != usual.interval || upkeep.health->hasSaid(HealthCheck::Interval))
        text.healthInterval = timeWord(upkeep.health->interval);
    if (upkeep.health->retries != usual.retries || upkeep.health->hasSaid(HealthCheck::Retries))
        text.healthRetries = QString::number(upkeep.health->retries);
    text.onUnhealthy = upkeep.health->onFailure;
    return text;
}

} // namespace

CreateForm formOf(const WorkloadPlan& plan)
{
    CreateForm form;
    if (const auto* image = std::get_if<ImageSource>(&plan.source))
        form.image = image->reference;
    form.name = plan.name;
    form.command = shellLine(plan.command);
    fillEnvironment(plan.environment, form);
    fillMounts(plan.mounts, form);
    form.ports = portsText(plan.ports);
    form.limits = plan.limits;
    form.hasNetwork = plan.hasNetwork;
    form.more = { processText(plan), networkText(plan), securityText(plan), limitText(plan.fineLimits),
        upkeepText(plan.upkeep) };
    form.unseen.pinnedCpus = plan.pinnedCpus;
    form.unseen.hasTerminal = plan.hasTerminal;
    form.unseen.hasInput = plan.hasInput;
    form.unseen.processLimits = plan.process.limits;
    if (plan.upkeep.health) {
        form.unseen.healthTimeout = plan.upkeep.health->timeout;
        form.unseen.healthStartPeriod = plan.upkeep.health->startPeriod;
        form.unseen.healthStartInterval = plan.upkeep.health->startInterval;
    }
    return form;
}

} // namespace twinhull
