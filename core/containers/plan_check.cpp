// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/plan_check.h"

#include "core/base/files.h"
#include "core/base/signal_name.h"
#include "core/base/text.h"
#include "core/containers/option_check.h"
#include "core/containers/reachable_controllers.h"
#include "core/containers/upkeep_plan.h"
#include "core/ipc/listened_ports.h"
#include "core/volumes/volumes.h"
#include "core/workload/option_text.h"
#include "core/workload/usual_limits.h"

#include <QRegularExpression>

#include <algorithm>
#include <charconv>
#include <thread>

namespace twinhull {

namespace {

constexpr std::uint64_t kLeastMemoryBytes = 4U << 20U;
constexpr double kLeastCpus = 0.01;

Error invalid(const std::string& what, const std::string& hint = {})
{
    return Error{ ErrorCode::InvalidArgument, what, 0, hint };
}

std::optional<std::uint32_t> pidsFor(const std::optional<std::uint32_t>& asked, const std::string& controllers)
{
    if (asked)
        return *asked > 0 ? asked : std::nullopt;
    return hasController(controllers, "pids") ? std::optional(kUsualPids) : std::nullopt;
}

std::vector<std::string> texts(const QStringList& list)
{
    std::vector<std::string> all;
    for (const auto& text : list)
        all.push_back(text.toStdString());
    return all;
}

/// What pasta cannot do, which carries a container in no network that has a port on IPv6: it takes a port once.
Result<> checkIpv6Ports(const WorkloadPlan& plan, const std::vector<PortForward>& ports)
{
    if (!plan.networks.empty())
        return {};
    for (const auto& port : ports) {
        if (!isOnIpv6(port))
            continue;
        for (const auto& other : ports) {
            const bool isSamePort = other.hostPort == port.hostPort && other.transport == port.transport;
            const bool isBoth = port.hostAddress == "::" && other.hostAddress == "0.0.0.0"
                && other.containerPort == port.containerPort;
            if (isSamePort && other.hostAddress != port.hostAddress && !isBoth)
                return invalid("port " + std::to_string(port.hostPort) + " of both " + port.hostAddress + " and "
                        + other.hostAddress + ": pasta takes a port once",
                    "Choose two ports, or publish it on all addresses: -p 0.0.0.0:" + std::to_string(port.hostPort)
                        + ":" + std::to_string(port.containerPort) + " -p [::]:" + std::to_string(port.hostPort) + ":"
                        + std::to_string(port.containerPort));
        }
    }
    return {};
}

Result<std::vector<PortForward>> portsFrom(const WorkloadPlan& plan)
{
    std::vector<PortForward> ports;
    if (!plan.ports.empty() && !plan.hasNetwork)
        return invalid("a port cannot be published without a network", "Turn the network on, or publish no port");
    if (plan.ports.size() > kMostPublishedPorts)
        return invalid("more than " + std::to_string(kMostPublishedPorts) + " ports", "Publish fewer ports");
    for (const auto& port : plan.ports) {
        const auto transport = port.protocol == PortProtocol::Udp ? PortTransport::Udp : PortTransport::Tcp;
        auto checked = decodePortForward(
            encodePortForward({ port.hostAddress.toStdString(), port.hostPort, port.workloadPort, transport }));
        if (!checked)
            return std::move(checked).error();
        const auto isSame = [&](const PortForward& other) {
            return shareAnAddress(other.hostAddress, checked->hostAddress) && other.hostPort == checked->hostPort
                && other.transport == checked->transport;
        };
        if (std::any_of(ports.begin(), ports.end(), isSame))
            return invalid("port " + std::to_string(port.hostPort) + " is published twice", "Publish another port");
        ports.push_back(*std::move(checked));
    }
    auto possible = checkIpv6Ports(plan, ports);
    return possible ? Result(std::move(ports)) : Result<std::vector<PortForward>>(std::move(possible).error());
}

Result<ContainerMount> mountFrom(const Mount& mount)
{
    const auto source = mount.source.toStdString();
    const auto target = mount.target.toStdString();
    const auto parts = mount.target.split(u'/');
    if (!mount.target.startsWith(u'/') || parts.contains(QStringLiteral("..")) || mount.target == QLatin1String("/"))
        return invalid("mount target " + target + ": must be an absolute path inside the container, not / itself");
    if (!mount.source.startsWith(u'/') && !checkVolumeName(mount.source))
        return invalid("mount source " + source + ": neither an absolute path nor the name of a volume");
    if (mount.source.startsWith(u'/') && !exists(source))
        return Error{ ErrorCode::NotFound, "mount source " + source + " does not exist", ENOENT,
            "Make it, or name a volume" };
    return ContainerMount{ source, target, mount.readOnly, mount.startsEmpty };
}

Result<> checkTexts(const WorkloadPlan& plan)
{
    for (const auto& entry : plan.environment) {
        if (entry.indexOf(u'=') < 1)
            return invalid("environment: not KEY=VALUE: " + entry.toStdString());
    }
    for (const auto& list : { plan.command, plan.environment }) {
        if (std::any_of(list.begin(), list.end(), [](const QString& text) { return text.contains(QChar(0)); }))
            return invalid("command and environment must not contain NUL");
    }
    return {};
}

} // namespace

Result<> checkLimits(const ResourceLimits& limits)
{
    const auto host = hostMemoryBytes();
    if (limits.memoryBytes && host && *limits.memoryBytes > *host)
        return invalid(
            "memory limit of " + formatBytes(*limits.memoryBytes) + ": this computer has " + formatBytes(*host),
            "Ask for less memory");
    if (limits.memoryBytes && *limits.memoryBytes < kLeastMemoryBytes)
        return invalid("memory limit of " + formatBytes(*limits.memoryBytes) + ": too little to start a program",
            "Ask for at least " + formatBytes(kLeastMemoryBytes));
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    if (limits.cpus && *limits.cpus > cores)
        return invalid("CPU limit of " + QString::number(*limits.cpus).toStdString() + ": this computer has "
                + std::to_string(cores) + " cores",
            "Ask for fewer cores");
    if (limits.cpus && !(*limits.cpus >= kLeastCpus))
        return invalid("CPU limit: must be at least 0.01 of a core");
    return {};
}

Result<> checkWorkloadName(const QString& name)
{
    static const QRegularExpression pattern(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\\z"));
    if (pattern.match(name).hasMatch())
        return {};
    return invalid("name \"" + name.toStdString() + "\" cannot be used",
        "Use up to 63 letters, digits, \"_\", \"-\" and \".\", a letter or digit first");
}

std::optional<std::uint64_t> hostMemoryBytes()
{
    const auto text = readFile("/proc/meminfo", 64U << 10U);
    const auto at = text ? text->find("MemTotal:") : std::string::npos;
    const auto start = at == std::string::npos ? at : text->find_first_of("0123456789", at);
    std::uint64_t kibibytes = 0;
    if (start == std::string::npos
        || std::from_chars(text->data() + start, text->data() + text->size(), kibibytes).ec != std::errc())
        return std::nullopt;
    return kibibytes * 1024;
}

Result<ContainerSettings> settingsFromPlan(const WorkloadPlan& plan, const ImageInfo& image)
{
    for (auto checked :
        { checkWorkloadName(plan.name), checkLimits(plan.limits), checkTexts(plan), checkNetworks(plan) }) {
        if (!checked)
            return std::move(checked).error();
    }
    auto ports = portsFrom(plan);
    if (!ports)
        return std::move(ports).error();
    ContainerSettings settings;
    for (const auto& mount : plan.mounts) {
        auto checked = mountFrom(mount);
        if (!checked)
            return std::move(checked).error();
        settings.mounts.push_back(*std::move(checked));
    }
    const auto& entrypoint = plan.process.entrypoint;
    if (plan.command.isEmpty() && (entrypoint ? entrypoint->isEmpty() : image.entrypoint.isEmpty())
        && (entrypoint || image.command.isEmpty()))
        return invalid("the image " + image.shortName().toStdString() + " names no command", "Give a command to run");
    auto upkeep = upkeepFor(plan.upkeep, image);
    if (!upkeep)
        return std::move(upkeep).error();
    settings.upkeep = *std::move(upkeep);
    settings.name = plan.name.toStdString();
    settings.imageReference = image.shortName().toStdString();
    settings.imageDigest = image.digest.toStdString();
    settings.twinGroup = plan.twinGroup.toStdString();
    settings.command = texts(plan.command);
    settings.environment = texts(plan.environment);
    settings.ports = *std::move(ports);
    settings.memoryBytes = plan.limits.memoryBytes;
    settings.cpus = plan.limits.cpus;
    const std::string controllers = reachableControllers();
    settings.pids = pidsFor(plan.limits.pids, controllers);
    settings.pinnedCpus = plan.pinnedCpus;
    settings.hasNetwork = plan.hasNetwork;
    settings.hasHostNetwork = plan.hasHostNetwork;
    for (const auto& use : plan.networks)
        settings.networks.push_back(
            { use.name.toStdString(), texts(use.aliases), use.ipv4.toStdString(), use.ipv6.toStdString() });
    settings.hasTerminal = plan.hasTerminal;
    settings.hasInput = plan.hasInput && !plan.hasTerminal; // a terminal is input, too
    auto signal = stopSignalOf(plan.process.stopSignal.toStdString(), image.stopSignal.toStdString());
    if (!signal)
        return std::move(signal).error();
    settings.stopSignal = *signal;
    if (auto applied = applyPlanOptions(plan, controllers, settings); !applied)
        return std::move(applied).error();
    return settings;
}

} // namespace twinhull
