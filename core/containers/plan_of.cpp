// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/plan_of.h"

#include "core/base/signal_name.h"
#include "core/containers/option_check.h"
#include "core/containers/reachable_controllers.h"
#include "core/containers/upkeep_plan.h"

#include <unistd.h>

namespace twinhull {

namespace {

const char* const kComposeLabels = "com.docker.compose.";

QString text(const std::string& standard)
{
    return QString::fromStdString(standard);
}

QStringList listOf(const std::vector<std::string>& standard)
{
    QStringList list;
    for (const auto& each : standard)
        list << text(each);
    return list;
}

void addWiring(const ContainerSettings& settings, WorkloadPlan& plan)
{
    for (const auto& port : settings.ports)
        plan.ports.push_back({ text(port.hostAddress), port.hostPort, port.containerPort,
            port.transport == PortTransport::Udp ? PortProtocol::Udp : PortProtocol::Tcp });
    for (const auto& mount : settings.mounts)
        plan.mounts.push_back({ text(mount.source), text(mount.target), mount.readOnly, mount.startsEmpty });
    plan.hasNetwork = settings.hasNetwork;
    plan.hasHostNetwork = settings.hasHostNetwork;
    for (const auto& network : settings.networks)
        plan.networks.push_back(
            { text(network.name), listOf(network.aliases), text(network.ipv4), text(network.ipv6) });
}

/// Numbers only where they differ from the person's.
KeepId keepIdOf(const KeptIds& kept)
{
    KeepId keep;
    if (kept.user != ::getuid())
        keep.user = kept.user;
    if (kept.group != ::getgid())
        keep.group = kept.group;
    return keep;
}

void addProcess(const ContainerSettings& settings, const ImageInfo* image, ProcessOptions& process)
{
    const ContainerProcessOptions& from = settings.process;
    process.user = text(from.user);
    process.workingFolder = text(from.workingFolder);
    if (from.entrypoint)
        process.entrypoint = listOf(*from.entrypoint);
    process.hasInit = from.hasInit;
    process.stopSeconds = from.stopSeconds;
    for (const auto& limit : from.limits) // without "RLIMIT_"
        process.limits.push_back({ text(limit.type).section(u'_', 1).toLower(), limit.soft, limit.hard });
    if (from.kept)
        process.keepId = keepIdOf(*from.kept);
    const int usual = image != nullptr ? signalNumber(image->stopSignal.toStdString()).value_or(SIGTERM) : SIGTERM;
    if (settings.stopSignal != usual)
        process.stopSignal = QString::number(settings.stopSignal);
}

void addNaming(const ContainerNaming& from, NamingOptions& naming)
{
    naming.hostName = text(from.hostName);
    naming.nameServers = listOf(from.nameServers);
    naming.searchDomains = listOf(from.searchDomains);
    for (const auto& host : from.hosts)
        naming.hosts.push_back({ text(host.name), text(host.address) });
}

void addFiles(const ContainerFiles& from, FileOptions& files)
{
    files.isRootReadOnly = from.isRootReadOnly;
    for (const auto& folder : from.temporaryFolders)
        files.temporaryFolders.push_back(
            { text(folder.target), folder.sizeBytes, folder.mode, folder.mayExecute, folder.readOnly });
    for (const auto& device : from.devices)
        files.devices.push_back({ text(device.source), text(device.target), device.readOnly });
    for (const auto& secret : from.secrets)
        files.secrets.push_back({ text(secret.name), text(secret.target), secret.uid, secret.gid, secret.mode });
}

void addSecurity(const ContainerSecurity& from, SecurityOptions& security)
{
    security.addedCapabilities = listOf(from.addedCapabilities);
    security.droppedCapabilities = listOf(from.droppedCapabilities);
    security.allowsNewPrivileges = from.allowsNewPrivileges;
    security.seccompPath = text(from.seccompPath);
    if (from.isUnconfined)
        security.seccomp = SeccompChoice::Unconfined;
    else if (!from.seccompPath.empty())
        security.seccomp = SeccompChoice::File;
}

void addFineLimits(const ContainerFineLimits& from, FineLimits& limits)
{
    limits.memoryAndSwapBytes = from.memoryAndSwapBytes;
    limits.cpuSet = text(from.cpuSet);
    limits.cpuShares = from.cpuShares;
    for (const auto& rate : from.deviceRates) {
        if (const auto kind = deviceRateKindFrom(rate.kind))
            limits.deviceRates.push_back({ *kind, text(rate.device), rate.perSecond });
    }
}

/// What the image would give by itself is not said again.
Upkeep upkeepOf(const ContainerSettings& settings, const ImageInfo* image)
{
    Upkeep upkeep = settings.upkeep;
    if (image == nullptr || !upkeep.health)
        return upkeep;
    Upkeep silent = upkeep;
    silent.health.reset();
    if (const auto byItself = upkeepFor(silent, *image); byItself && *byItself == upkeep)
        return silent;
    return upkeep;
}

} // namespace

WorkloadPlan planOf(const ContainerSettings& settings, const ImageInfo* image)
{
    WorkloadPlan plan;
    plan.source = ImageSource{ text(settings.imageReference) };
    plan.command = listOf(settings.command);
    plan.environment = listOf(settings.environment);
    plan.limits = { settings.memoryBytes, settings.cpus, settings.pids };
    if (!settings.pids && hasController(reachableControllers(), "pids"))
        plan.limits.pids = 0; // it has none because somebody wanted none
    plan.pinnedCpus = settings.pinnedCpus;
    plan.hasTerminal = settings.hasTerminal;
    plan.hasInput = settings.hasInput;
    plan.upkeep = upkeepOf(settings, image);
    addWiring(settings, plan);
    addProcess(settings, image, plan.process);
    addNaming(settings.naming, plan.naming);
    addFiles(settings.files, plan.files);
    addSecurity(settings.security, plan.security);
    addFineLimits(settings.fineLimits, plan.fineLimits);
    for (const auto& [key, value] : settings.labels) {
        if (!key.starts_with(kComposeLabels))
            plan.labels.insert(text(key), text(value));
    }
    return plan;
}

} // namespace twinhull
