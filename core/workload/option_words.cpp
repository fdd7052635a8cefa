// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/option_words.h"

#include "core/workload/option_text.h"
#include "core/workload/process_limit.h"

namespace twinhull {

namespace {

/// An option that is left out where there is nothing to say.
void addWord(QStringList& words, const char* option, const QString& value)
{
    if (!value.isEmpty())
        words << QLatin1String(option) << value;
}

void addEach(QStringList& words, const char* option, const QStringList& values)
{
    for (const auto& value : values)
        words << QLatin1String(option) << value;
}

void addProcess(QStringList& words, const ProcessOptions& process)
{
    addWord(words, "--user", process.user);
    addWord(words, "--workdir", process.workingFolder);
    if (process.entrypoint)
        words << QStringLiteral("--entrypoint") << entrypointText(*process.entrypoint);
    if (process.hasInit)
        words << QStringLiteral("--init");
    addWord(words, "--stop-signal", process.stopSignal);
    if (process.stopSeconds)
        words << QStringLiteral("--stop-timeout") << QString::number(*process.stopSeconds);
    if (process.keepId)
        words << QStringLiteral("--userns") << keepIdText(*process.keepId);
    for (const auto& limit : process.limits)
        words << QStringLiteral("--ulimit") << processLimitText(limit);
}

void addNaming(QStringList& words, const NamingOptions& naming)
{
    addWord(words, "--hostname", naming.hostName);
    addEach(words, "--dns", naming.nameServers);
    addEach(words, "--dns-search", naming.searchDomains);
    for (const auto& entry : naming.hosts)
        words << QStringLiteral("--add-host") << hostEntryText(entry);
}

void addFiles(QStringList& words, const FileOptions& files)
{
    if (files.isRootReadOnly)
        words << QStringLiteral("--read-only");
    for (const auto& folder : files.temporaryFolders)
        words << QStringLiteral("--tmpfs") << temporaryFolderText(folder);
    for (const auto& device : files.devices)
        words << QStringLiteral("--device") << deviceText(device);
    for (const auto& secret : files.secrets)
        words << QStringLiteral("--secret") << secretText(secret);
}

void addSecurity(QStringList& words, const SecurityOptions& security)
{
    addEach(words, "--cap-add", security.addedCapabilities);
    addEach(words, "--cap-drop", security.droppedCapabilities);
    if (security.seccomp != SeccompChoice::Default)
        words << QStringLiteral("--security-opt")
              << QStringLiteral("seccomp=")
                + (security.seccomp == SeccompChoice::File ? security.seccompPath : QStringLiteral("unconfined"));
    if (security.allowsNewPrivileges)
        words << QStringLiteral("--security-opt") << QStringLiteral("no-new-privileges=false");
}

void addLimits(QStringList& words, const FineLimits& limits)
{
    if (limits.memoryAndSwapBytes)
        words << QStringLiteral("--memory-swap") << swapText(*limits.memoryAndSwapBytes);
    addWord(words, "--cpuset-cpus", limits.cpuSet);
    if (limits.cpuShares)
        words << QStringLiteral("--cpu-shares") << QString::number(*limits.cpuShares);
    for (const auto& rate : limits.deviceRates)
        words << optionOf(rate.kind) << deviceRateText(rate);
}

} // namespace

QString optionOf(DeviceRateKind kind)
{
    switch (kind) {
    case DeviceRateKind::ReadBytes:
        return QStringLiteral("--device-read-bps");
    case DeviceRateKind::WriteBytes:
        return QStringLiteral("--device-write-bps");
    case DeviceRateKind::ReadOperations:
        return QStringLiteral("--device-read-iops");
    case DeviceRateKind::WriteOperations:
        return QStringLiteral("--device-write-iops");
    }
    return {};
}

QStringList optionWords(const WorkloadPlan& plan)
{
    QStringList words;
    addProcess(words, plan.process);
    addNaming(words, plan.naming);
    addFiles(words, plan.files);
    addSecurity(words, plan.security);
    addLimits(words, plan.fineLimits);
    for (auto label = plan.labels.begin(); label != plan.labels.end(); ++label)
        words << QStringLiteral("--label") << label.key() + QLatin1Char('=') + label.value();
    return words;
}

} // namespace twinhull
