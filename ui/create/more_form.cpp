// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/more_form.h"

#include "core/base/text.h"
#include "core/twin/command_words.h"
#include "core/workload/option_text.h"
#include "core/workload/upkeep_command.h"
#include "core/workload/workload_plan.h"
#include "ui/create/form_text.h"

#include <QRegularExpression>

namespace twinhull {

namespace {

/// What `parse` makes of each part; what it refuses was told before.
template <typename List, typename Parse>
void appendParts(const QStringList& parts, List& list, Parse parse)
{
    for (const QString& part : parts) {
        if (auto one = parse(part))
            list.push_back(*std::move(one));
    }
}

void applyProcess(const ProcessText& text, WorkloadPlan& plan)
{
    plan.process.user = text.user;
    plan.process.workingFolder = text.workingFolder;
    const auto words = commandWords(text.entrypoint);
    if (words && !words->isEmpty())
        plan.process.entrypoint = *words == QStringList{ QString() } ? QStringList() : *words;
    plan.process.stopSignal = text.stopSignal;
    plan.naming.hostName = text.hostName;
    for (const QString& line : environmentLines(text.labels)) {
        if (const auto label = labelFromText(line))
            plan.labels.insert(label->first, label->second);
    }
}

void applySecurity(const SecurityText& text, WorkloadPlan& plan)
{
    appendParts(listParts(text.addedCapabilities), plan.security.addedCapabilities, &capabilityFromText);
    appendParts(listParts(text.droppedCapabilities), plan.security.droppedCapabilities, &capabilityFromText);
    plan.security.seccomp = text.seccomp;
    if (text.seccomp == SeccompChoice::File)
        plan.security.seccompPath = text.seccompPath;
    plan.security.allowsNewPrivileges = text.allowsNewPrivileges;
    appendParts(listParts(text.devices), plan.files.devices, &deviceFromText);
    appendParts(spacedParts(text.temporaryFolders), plan.files.temporaryFolders, &temporaryFolderFromText);
    appendParts(spacedParts(text.secrets), plan.files.secrets, &secretFromText);
    plan.files.isRootReadOnly = text.isRootReadOnly;
}

void applyLimits(const LimitText& text, FineLimits& limits)
{
    if (const auto bytes = swapFromText(text.memoryAndSwap); bytes && !text.memoryAndSwap.isEmpty())
        limits.memoryAndSwapBytes = *bytes;
    limits.cpuSet = text.cpuSet;
    bool isNumber = false;
    if (const uint shares = text.cpuShares.toUInt(&isNumber); isNumber)
        limits.cpuShares = shares;
    for (std::size_t kind = 0; kind < text.deviceRates.size(); ++kind)
        appendParts(listParts(text.deviceRates[kind]), limits.deviceRates,
            [kind](const QString& part) { return deviceRateFromText(part, static_cast<DeviceRateKind>(kind)); });
}

void applyLog(const UpkeepText& text, LogLimits& log)
{
    if (const auto bytes = parseSize(text.logSize.toStdString()); bytes)
        log.maxBytes = *bytes;
    bool isNumber = false;
    if (const uint files = text.logFiles.toUInt(&isNumber); isNumber)
        log.maxFiles = files;
}

void applyUpkeep(const UpkeepText& text, Upkeep& upkeep)
{
    upkeep.restart = text.restart;
    upkeep.isRemovedAtEnd = text.isRemovedAtEnd;
    upkeep.hasNoHealthCheck = text.hasNoHealthCheck;
    applyLog(text, upkeep.log);
    if (text.hasNoHealthCheck)
        return;
    HealthCheck health;
    if (!text.healthCommand.isEmpty())
        health.command = healthCommandFromText(text.healthCommand);
    if (const auto interval = parseDuration(text.healthInterval.toStdString()); interval) {
        health.interval = *interval;
        health.said |= HealthCheck::Interval;
    }
    bool isNumber = false;
    if (const uint retries = text.healthRetries.toUInt(&isNumber); isNumber) {
        health.retries = retries;
        health.said |= HealthCheck::Retries;
    }
    health.onFailure = text.onUnhealthy;
    if (!(health == HealthCheck()) || health.said != 0)
        upkeep.health = health;
}

} // namespace

QStringList listParts(const QString& text)
{
    static const QRegularExpression kSeparators(QStringLiteral("[\\s,]+"));
    return text.split(kSeparators, Qt::SkipEmptyParts);
}

QStringList spacedParts(const QString& text)
{
    static const QRegularExpression kSpaces(QStringLiteral("\\s+"));
    return text.split(kSpaces, Qt::SkipEmptyParts);
}

void applyMoreForm(const MoreForm& form, WorkloadPlan& plan)
{
    applyProcess(form.process, plan);
    plan.process.hasInit = form.process.hasInit;
    plan.process.keepId = form.process.keepId;
    plan.process.stopSeconds = form.process.stopSeconds;
    (void)addNetworks(spacedParts(form.network.networks), plan); // what does not agree was told before
    plan.naming.nameServers = listParts(form.network.nameServers);
    plan.naming.searchDomains = listParts(form.network.searchDomains);
    appendParts(listParts(form.network.hosts), plan.naming.hosts, &hostEntryFromText);
    applySecurity(form.security, plan);
    applyLimits(form.limits, plan.fineLimits);
    applyUpkeep(form.upkeep, plan.upkeep);
}

void applyMoreFormOfVm(const MoreForm& form, WorkloadPlan& plan)
{
    applyProcess(form.process, plan);
}

} // namespace twinhull
