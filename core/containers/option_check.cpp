// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/option_check.h"

#include "core/base/number_list.h"
#include "core/containers/block_device.h"
#include "core/containers/container_capabilities.h"
#include "core/containers/reachable_controllers.h"
#include "core/containers/seccomp_file.h"
#include "core/workload/option_text.h"
#include "core/workload/process_limit.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <thread>

namespace twinhull {

namespace {

constexpr std::uint32_t kMostStopSeconds = 24 * 3600;
constexpr std::uint32_t kLeastShares = 2; // cgroup v1's cpu.shares, which the specification kept
constexpr std::uint32_t kMostShares = 262'144;

Error wrong(const std::string& what, const std::string& hint = {})
{
    return Error{ ErrorCode::InvalidArgument, what, 0, hint };
}

std::vector<std::string> standardTexts(const QStringList& list)
{
    std::vector<std::string> all;
    for (const auto& text : list)
        all.push_back(text.toStdString());
    return all;
}

bool isPlain(const QString& text)
{
    return std::none_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x20 || c.unicode() == 0x7f; });
}

Result<> applyKeepId(const KeepId& keep, ContainerProcessOptions& process)
{
    if (auto checked = checkKeepId(); !checked)
        return checked;
    process.kept = KeptIds{ keep.user.value_or(::getuid()), keep.group.value_or(::getgid()) };
    return {};
}

Result<> applyProcessLimits(const ProcessOptions& options, ContainerProcessOptions& process)
{
    for (const auto& limit : options.limits) {
        const auto checked = processLimitFromText(processLimitText(limit));
        if (!checked)
            return checked.error();
        if (auto allowed = checkOwnLimit(limit); !allowed)
            return allowed;
        const std::string type = "RLIMIT_" + limit.name.toUpper().toStdString();
        for (const auto& other : process.limits) {
            if (other.type == type)
                return wrong("limit " + limit.name.toStdString() + ": named twice");
        }
        process.limits.push_back({ type, limit.soft, limit.hard });
    }
    return {};
}

Result<> applyProcess(const ProcessOptions& options, ContainerProcessOptions& process)
{
    if (!isPlain(options.user) || options.user.contains(u' '))
        return wrong("user " + options.user.toStdString() + ": not a user", "Write it as web, 1000 or 1000:1000.");
    if (!options.workingFolder.isEmpty()
        && (!options.workingFolder.startsWith(u'/') || !isPlain(options.workingFolder)))
        return wrong("working folder " + options.workingFolder.toStdString() + ": not an absolute path inside");
    if (options.stopSeconds && *options.stopSeconds > kMostStopSeconds)
        return wrong("stop timeout: at most a day");
    process.user = options.user.toStdString();
    process.workingFolder = options.workingFolder.toStdString();
    if (options.entrypoint)
        process.entrypoint = standardTexts(*options.entrypoint);
    process.hasInit = options.hasInit;
    process.stopSeconds = options.stopSeconds;
    if (auto applied = applyProcessLimits(options, process); !applied)
        return applied;
    return options.keepId ? applyKeepId(*options.keepId, process) : Result<>();
}

Result<> applyNaming(const WorkloadPlan& plan, ContainerNaming& naming)
{
    const NamingOptions& options = plan.naming;
    if (!options.hostName.isEmpty()) {
        if (auto checked = checkHostName(options.hostName); !checked)
            return checked;
    }
    if (!plan.hasNetwork && (!options.nameServers.isEmpty() || !options.searchDomains.isEmpty()))
        return wrong("a name server is of no use without a network", "Turn the network on, or leave it out");
    for (const auto& server : options.nameServers) {
        if (auto checked = checkNameServer(server); !checked)
            return checked;
    }
    for (const auto& domain : options.searchDomains) {
        if (auto checked = checkSearchDomain(domain); !checked)
            return checked;
    }
    naming.hostName = options.hostName.toStdString();
    naming.nameServers = standardTexts(options.nameServers);
    naming.searchDomains = standardTexts(options.searchDomains);
    for (const auto& entry : options.hosts) {
        if (auto checked = hostEntryFromText(hostEntryText(entry)); !checked)
            return std::move(checked).error();
        naming.hosts.push_back({ entry.name.toStdString(), entry.address.toStdString() });
    }
    return {};
}

/// A node that the person may open: root of a user namespace gets no other right to it than they have.
Result<> checkDevice(const std::string& path, bool readOnly)
{
    struct stat info { };
    if (::stat(path.c_str(), &info) != 0)
        return Error::fromErrno(errno, "device " + path);
    if (!S_ISCHR(info.st_mode) && !S_ISBLK(info.st_mode))
        return wrong("device " + path + ": not a device node", "Folders and files are volumes");
    if (::access(path.c_str(), readOnly ? R_OK : R_OK | W_OK) != 0)
        return Error::fromErrno(errno, "device " + path)
            .withHint("Only what you may open yourself can be passed on: see its group with ls -l " + path);
    return {};
}

Result<> applyFiles(const FileOptions& options, ContainerSettings& settings)
{
    std::set<std::string> targets;
    for (const auto& mount : settings.mounts)
        targets.insert(mount.target);
    const auto claim = [&targets](const std::string& target) {
        return targets.insert(target).second ? Result<>() : Result<>(wrong(target + ": two things cannot stand there"));
    };
    if (targets.size() != settings.mounts.size())
        return wrong("two volumes have the same target");
    settings.files.isRootReadOnly = options.isRootReadOnly;
    for (const auto& folder : options.temporaryFolders) {
        const std::string target = folder.target.toStdString();
        if (auto checked = temporaryFolderFromText(temporaryFolderText(folder)); !checked)
            return std::move(checked).error();
        if (auto claimed = claim(target); !claimed)
            return claimed;
        settings.files.temporaryFolders.push_back(
            { target, folder.sizeBytes, folder.mode, folder.mayExecute, folder.readOnly });
    }
    for (const auto& device : options.devices) {
        if (auto checked = checkDevice(device.source.toStdString(), device.readOnly); !checked)
            return checked;
        if (auto claimed = claim(device.target.toStdString()); !claimed)
            return claimed;
        settings.files.devices.push_back({ device.source.toStdString(), device.target.toStdString(), device.readOnly });
    }
    for (const auto& secret : options.secrets) {
        if (auto checked = secretFromText(secretText(secret)); !checked)
            return std::move(checked).error();
        const std::string target = secretPath(secret).toStdString();
        if (auto claimed = claim(target); !claimed)
            return claimed;
        settings.files.secrets.push_back({ secret.name.toStdString(), target, secret.uid, secret.gid, secret.mode });
    }
    return {};
}

Result<> applySecurity(const SecurityOptions& options, ContainerSecurity& security)
{
    for (const auto& list : { options.addedCapabilities, options.droppedCapabilities }) {
        for (const auto& name : list) {
            if (auto checked = capabilityFromText(name); !checked)
                return std::move(checked).error();
        }
    }
    for (const auto& name : options.addedCapabilities) {
        if (options.droppedCapabilities.contains(name))
            return wrong("capability " + name.toStdString() + ": both added and dropped");
    }
    security.addedCapabilities = standardTexts(options.addedCapabilities);
    security.droppedCapabilities = standardTexts(options.droppedCapabilities);
    security.allowsNewPrivileges = options.allowsNewPrivileges;
    security.isUnconfined = options.seccomp == SeccompChoice::Unconfined;
    if (options.seccomp != SeccompChoice::File)
        return {};
    security.seccompPath = options.seccompPath.toStdString();
    auto profile = readSeccompProfile(security.seccompPath, capabilityNamesOf(security));
    if (!profile)
        return std::move(profile).error();
    security.seccompProfile = *std::move(profile);
    return {};
}

Result<> checkController(const char* name, const char* limit, const std::string& controllers)
{
    if (hasController(controllers, name))
        return {};
    return Error{ ErrorCode::Unsupported,
        std::string(limit) + ": the cgroup v2 tree offers no " + name + " controller here", 0,
        std::string("Leave it out, or have the controller delegated: systemctl edit user@.service, Delegate=") + name };
}

Result<> checkCpuSet(const QString& text)
{
    const auto numbers = parseNumberList(text.toStdString());
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    if (!numbers || numbers->empty())
        return wrong("cpuset " + text.toStdString() + ": not a list of processors", "Write it as 0-3,7.");
    if (numbers->back() >= cores)
        return wrong(
            "cpuset " + text.toStdString() + ": this computer has the processors 0 to " + std::to_string(cores - 1));
    return {};
}

Result<> checkSwap(const FineLimits& options, const ContainerSettings& settings)
{
    if (!settings.memoryBytes)
        return wrong("memory-swap: is a limit of memory and swap together", "Give a memory limit with it");
    const std::int64_t both = *options.memoryAndSwapBytes;
    if (both >= 0 && static_cast<std::uint64_t>(both) < *settings.memoryBytes)
        return wrong(
            "memory-swap: memory and swap together are less than the memory alone", "Give at least the memory limit");
    return {};
}

} // namespace

const char* controlOf(DeviceRateKind kind)
{
    switch (kind) {
    case DeviceRateKind::ReadBytes:
        return "rbps";
    case DeviceRateKind::WriteBytes:
        return "wbps";
    case DeviceRateKind::ReadOperations:
        return "riops";
    case DeviceRateKind::WriteOperations:
        return "wiops";
    }
    return "";
}

Result<> applyFineLimits(const FineLimits& options, const std::string& controllers, ContainerSettings& settings)
{
    ContainerFineLimits& limits = settings.fineLimits;
    if (options.memoryAndSwapBytes) {
        if (auto checked = checkSwap(options, settings); !checked)
            return checked;
        limits.memoryAndSwapBytes = options.memoryAndSwapBytes;
    }
    if (!options.cpuSet.isEmpty()) {
        if (auto checked = checkCpuSet(options.cpuSet); !checked)
            return checked;
        if (auto checked = checkController("cpuset", "cpuset-cpus", controllers); !checked)
            return checked;
        limits.cpuSet = options.cpuSet.toStdString();
    }
    if (options.cpuShares) {
        if (*options.cpuShares < kLeastShares || *options.cpuShares > kMostShares)
            return wrong("cpu-shares: from 2 to 262144", "Usual is 1024");
        if (auto checked = checkController("cpu", "cpu-shares", controllers); !checked)
            return checked;
        limits.cpuShares = options.cpuShares;
    }
    for (const auto& rate : options.deviceRates) {
        if (auto number = diskNumber(rate.device.toStdString()); !number)
            return std::move(number).error();
        if (auto checked = checkController("io", "device rate", controllers); !checked)
            return checked;
        limits.deviceRates.push_back({ controlOf(rate.kind), rate.device.toStdString(), rate.perSecond });
    }
    return {};
}

Result<> checkKeepId()
{
    if (::geteuid() != 0)
        return {};
    return Error{ ErrorCode::Unsupported, "keep-id is for ordinary users", 0,
        "The ids in containers of root are those of this computer already; leave --userns out" };
}

std::optional<DeviceRateKind> deviceRateKindFrom(std::string_view name)
{
    for (const auto kind : { DeviceRateKind::ReadBytes, DeviceRateKind::WriteBytes, DeviceRateKind::ReadOperations,
             DeviceRateKind::WriteOperations }) {
        if (name == controlOf(kind))
            return kind;
    }
    return std::nullopt;
}

Result<> applyPlanOptions(const WorkloadPlan& plan, const std::string& controllers, ContainerSettings& settings)
{
    if (auto applied = applyProcess(plan.process, settings.process); !applied)
        return applied;
    if (auto applied = applyNaming(plan, settings.naming); !applied)
        return applied;
    if (auto applied = applyFiles(plan.files, settings); !applied)
        return applied;
    if (auto applied = applySecurity(plan.security, settings.security); !applied)
        return applied;
    for (auto label = plan.labels.begin(); label != plan.labels.end(); ++label)
        settings.labels.emplace(label.key().toStdString(), label.value().toStdString());
    return applyFineLimits(plan.fineLimits, controllers, settings);
}

} // namespace twinhull
