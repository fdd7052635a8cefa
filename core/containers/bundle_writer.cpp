// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/bundle_writer.h"

#include "core/base/files.h"
#include "core/base/fuse_overlay_program.h"
#include "core/containers/account_files.h"
#include "core/containers/block_device.h"
#include "core/containers/container_capabilities.h"
#include "core/containers/default_seccomp.h"
#include "core/containers/image_user.h"
#include "core/containers/secret_mounts.h"
#include "core/images/worker_client.h"
#include "core/volumes/secrets.h"
#include "core/volumes/volumes.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>

namespace twinhull {

namespace {

constexpr std::uint64_t kCpuPeriodMicroseconds = 100'000;
constexpr std::uint64_t kSoftDescriptorLimit = 1024;
constexpr std::uint64_t kHardDescriptorLimit = 1U << 20U;
constexpr const char* kDefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr const char* kInitPath = "/dev/init"; // in memory: nothing of it is left in the image
constexpr const char* kNameServer = "10.0.2.3"; // of every network helper; core/monitor/network_helper.h

std::vector<std::string> texts(const QStringList& list)
{
    std::vector<std::string> all;
    for (const auto& text : list)
        all.push_back(text.toStdString());
    return all;
}

/// Later entries win over earlier ones with the same key, in the place of the earlier.
void setVariable(std::vector<std::string>& environment, const std::string& entry)
{
    const auto key = entry.substr(0, entry.find('=') + 1);
    const auto same = std::find_if(
        environment.begin(), environment.end(), [&](const std::string& other) { return other.starts_with(key); });
    if (same == environment.end())
        environment.push_back(entry);
    else
        *same = entry;
}

const std::string& hostNameOf(const ContainerSettings& settings)
{
    return settings.naming.hostName.empty() ? settings.name : settings.naming.hostName;
}

std::string workingFolderOf(const BundleSource& source)
{
    if (!source.settings.process.workingFolder.empty())
        return source.settings.process.workingFolder;
    return source.image.workingFolder.isEmpty() ? "/" : source.image.workingFolder.toStdString();
}

std::string homeOf(const BundleSource& source, const ImageUser& user)
{
    if (!user.home.empty())
        return user.home;
    const auto& kept = source.settings.process.kept;
    return kept && kept->user == user.uid ? workingFolderOf(source) : "/"; // as accountFilesOf() says
}

std::vector<std::string> environmentOf(const BundleSource& source, const ImageUser& user)
{
    std::vector<std::string> all{ kDefaultPath, "HOME=" + homeOf(source, user) };
    if (source.settings.hasTerminal)
        setVariable(all, "TERM=xterm");
    setVariable(all, "HOSTNAME=" + hostNameOf(source.settings));
    for (const auto& entry : texts(source.image.environment))
        setVariable(all, entry);
    for (const auto& entry : source.settings.environment)
        setVariable(all, entry);
    return all;
}

/// A command of the person's replaces the image's command, not its entrypoint; an entrypoint of theirs replaces both.
std::vector<std::string> argumentsOf(const BundleSource& source)
{
    const auto& settings = source.settings;
    std::vector<std::string> all;
    if (settings.process.hasInit)
        all = { kInitPath, "--" };
    const auto& own = settings.process.entrypoint;
    const auto entrypoint = own ? *own : texts(source.image.entrypoint);
    all.insert(all.end(), entrypoint.begin(), entrypoint.end());
    const auto command = settings.command.empty() && !own ? texts(source.image.command) : settings.command;
    all.insert(all.end(), command.begin(), command.end());
    return all;
}

/// The person's own choice, else the person themselves where they are somebody inside, else the image's.
std::string userOf(const BundleSource& source)
{
    const auto& process = source.settings.process;
    if (!process.user.empty())
        return process.user;
    if (process.kept)
        return std::to_string(process.kept->user) + ':' + std::to_string(process.kept->group);
    return source.image.user.toStdString();
}

Result<std::vector<AccountFile>> accountFilesOf(const BundleSource& source)
{
    const auto& kept = source.settings.process.kept;
    return kept ? accountFilesFor(*kept, workingFolderOf(source), source.layers)
                : Result<std::vector<AccountFile>>(std::vector<AccountFile>());
}

oci::Rlimit descriptorLimit()
{
    rlimit own{};
    (void)::getrlimit(RLIMIT_NOFILE, &own); // cannot fail for a known resource
    const std::uint64_t hard = std::min<std::uint64_t>(own.rlim_max, kHardDescriptorLimit);
    return { "RLIMIT_NOFILE", std::min(kSoftDescriptorLimit, hard), hard };
}

/// The usual one, and what was asked for.
std::vector<oci::Rlimit> processLimitsOf(const ContainerProcessOptions& process)
{
    std::vector<oci::Rlimit> limits{ descriptorLimit() };
    for (const auto& asked : process.limits) {
        std::erase_if(limits, [&asked](const oci::Rlimit& usual) { return usual.type == asked.type; });
        limits.push_back({ asked.type, asked.soft, asked.hard });
    }
    return limits;
}

Result<> setProcess(const BundleSource& source, oci::Process& process)
{
    auto user = resolveImageUser(userOf(source), source.layers);
    if (!user)
        return std::move(user).error();
    process.user.uid = user->uid;
    process.user.gid = user->gid;
    process.user.additionalGids = user->additionalGids;
    process.args = argumentsOf(source);
    process.env = environmentOf(source, *user);
    process.cwd = workingFolderOf(source);
    process.capabilities = capabilitySetsOf(source.settings.security, user->uid == 0);
    process.noNewPrivileges = !source.settings.security.allowsNewPrivileges;
    process.terminal = source.settings.hasTerminal;
    process.rlimits = processLimitsOf(source.settings.process);
    return {};
}

Result<> setDeviceRates(const ContainerFineLimits& limits, oci::Resources& resources)
{
    for (const auto& limit : limits.deviceRates) {
        const auto number = diskNumber(limit.device);
        if (!number)
            return number.error();
        auto& rates = limit.kind == "rbps" ? resources.readBytesPerSecond
            : limit.kind == "wbps"         ? resources.writeBytesPerSecond
            : limit.kind == "riops"        ? resources.readsPerSecond
                                           : resources.writesPerSecond;
        rates.push_back({ number->major, number->minor, limit.perSecond });
    }
    return {};
}

bool isTaken(const ContainerSettings& settings, const std::string& target)
{
    const auto stands = [&target](const auto& other) { return other.target == target; };
    const auto& folders = settings.files.temporaryFolders;
    return std::any_of(settings.mounts.begin(), settings.mounts.end(), stands)
        || std::any_of(folders.begin(), folders.end(), stands);
}

oci::Mount temporaryMount(const ContainerTemporaryFolder& folder)
{
    std::array<char, 16> mode{};
    std::snprintf(mode.data(), mode.size(), "mode=%o", folder.mode);
    oci::Mount mount{ folder.target, "tmpfs", "tmpfs",
        { "nosuid", "nodev", "tmpcopyup", folder.mayExecute ? "exec" : "noexec", folder.readOnly ? "ro" : "rw",
            mode.data() } };
    if (folder.sizeBytes)
        mount.options.push_back("size=" + std::to_string(*folder.sizeBytes));
    return mount;
}

/// Programs expect that they can write there whatever else they cannot.
void addScratchFolders(const ContainerSettings& settings, std::vector<oci::Mount>& mounts)
{
    for (const auto& [target, mode] : { std::pair{ "/tmp", 01777U }, { "/run", 0755U }, { "/var/tmp", 01777U } }) {
        if (!isTaken(settings, target))
            mounts.push_back(temporaryMount({ target, {}, mode, true, false }));
    }
}

void addOptionMounts(const BundleSource& source, std::vector<oci::Mount>& mounts)
{
    const auto& settings = source.settings;
    if (settings.files.isRootReadOnly)
        addScratchFolders(settings, mounts);
    for (const auto& folder : settings.files.temporaryFolders)
        mounts.push_back(temporaryMount(folder));
    for (const auto& device : settings.files.devices)
        mounts.push_back({ device.target, "bind", device.source,
            { "bind", "nosuid", "noexec", "dev", device.readOnly ? "ro" : "rw" } });
    if (settings.process.hasInit)
        mounts.push_back({ kInitPath, "bind", source.initProgram, { "bind", "ro", "nosuid", "nodev" } });
}

void addMounts(const BundleSource& source, const std::string& containerPath, const std::vector<AccountFile>& accounts,
    std::vector<oci::Mount>& mounts)
{
    std::vector<std::string> files{ "hostname", "hosts" };
    for (const auto& account : accounts)
        files.emplace_back(account.name);
    if (source.settings.hasNetwork)
        files.emplace_back("resolv.conf");
    const char* access = source.settings.files.isRootReadOnly ? "ro" : "rw";
    for (const auto& name : files) {
        const bool isHosts
            = source.settings.hasHostNetwork && source.settings.naming.nameServers.empty() && name == "resolv.conf";
        mounts.push_back({ "/etc/" + name, "bind", isHosts ? "/etc/" + name : containerPath + "/etc/" + name,
            { "rbind", isHosts ? "ro" : access, "nosuid", "nodev", "noexec" } });
    }
    addOptionMounts(source, mounts);
    for (const auto& mount : source.settings.mounts) {
        const bool isVolume = mount.source.front() != '/';
        mounts.push_back({ mount.target, "bind", isVolume ? source.volumesFolder + "/" + mount.source : mount.source,
            { "rbind", mount.readOnly ? "ro" : "rw", "nosuid", "nodev" } });
        if (isVolume && !mount.startsEmpty)
            mounts.back().options.emplace_back("fillnew");
    }
    const auto secrets = secretMounts(source.settings.files.secrets, source.secretsFolder);
    mounts.insert(mounts.end(), secrets.begin(), secrets.end());
}

void addUserNamespace(const BundleSource& source, oci::Linux& section)
{
    if (source.userMappings.empty())
        return;
    section.namespaces.insert(section.namespaces.begin(), { oci::NamespaceKind::User, {} });
    section.uidMappings = source.userMappings;
    section.gidMappings = source.groupMappings;
}

/// A copy lies where an overlay's own part would, so that size, limits and removal are the same.
Result<> setRoot(
    const ContainerRoot& root, const std::string& layers, const std::string& containerPath, oci::RuntimeSpec& spec)
{
    const std::string own = containerPath + "/upper";
    if (root.kind == RootKind::Copy) {
        spec.root.path = own;
        spec.annotations[std::string(oci::kAnnotationCopied)] = layers;
        return {};
    }
    if (root.kind == RootKind::FuseOverlay) {
        if (fuseOverlayProgram().empty()) // its files are in that one's form, and must not change their look
            return Error{ ErrorCode::Unavailable, "fuse-overlayfs, which made its root so far, is missing", ENOENT,
                "Install the package fuse-overlayfs" };
        spec.annotations[std::string(oci::kAnnotationFuse)] = "1";
    }
    spec.annotations[std::string(oci::kAnnotationLower)] = layers;
    spec.annotations[std::string(oci::kAnnotationUpper)] = own;
    spec.annotations[std::string(oci::kAnnotationWork)] = containerPath + "/work";
    return {};
}

/// This computer's network, and its sysfs, which only the owner of a network may mount.
void shareNetwork(oci::RuntimeSpec& spec)
{
    auto& namespaces = spec.linux_.namespaces;
    std::erase_if(namespaces, [](const oci::Namespace& one) { return one.kind == oci::NamespaceKind::Network; });
    for (auto& mount : spec.mounts) {
        if (mount.destination == "/sys")
            mount = { "/sys", "bind", "/sys", { "rbind", "nosuid", "noexec", "nodev", "ro" } };
    }
}

Result<std::string> joinLayers(const std::vector<std::string>& layers)
{
    std::string joined;
    for (const auto& layer : layers) {
        if (layer.find(':') != std::string::npos)
            return Error{ ErrorCode::InvalidArgument, layer + ": a layer's path must not contain \":\"", 0,
                "Set XDG_DATA_HOME to a folder without \":\" in its path" };
        joined += (joined.empty() ? "" : ":") + layer;
    }
    return joined;
}

std::string hostsText(const ContainerSettings& settings)
{
    std::string text
        = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t" + hostNameOf(settings) + "\n";
    for (const auto& host : settings.naming.hosts)
        text += host.address + '\t' + host.name + '\n';
    return text;
}

/// resolv.conf(5)
std::string resolverText(const BundleSource& source)
{
    const auto& naming = source.settings.naming;
    std::string text;
    if (!source.nameServers.empty()) // it knows the names of all networks that the asking container is in
        text = "nameserver " + source.nameServers.front() + '\n';
    for (const auto& server : naming.nameServers)
        text += "nameserver " + server + '\n';
    if (text.empty())
        text = std::string("nameserver ") + kNameServer + '\n';
    if (naming.searchDomains.empty())
        return text;
    text += "search";
    for (const auto& domain : naming.searchDomains)
        text += ' ' + domain;
    return text + '\n';
}

/// What stands in the container's folder is the person's, who may be anybody inside: its root is to be root's there,
/// and nobody may make himself one by these files.
Result<> giveToRoot(const BundleSource& source, const std::vector<std::string>& paths)
{
    const KeptIds kept = source.settings.process.kept.value_or(KeptIds());
    if (kept == KeptIds() || source.userMappings.empty())
        return {};
    std::vector<std::string> verb{ "own", "0", "0" };
    verb.insert(verb.end(), paths.begin(), paths.end());
    return runImageWorker(workerWords(kept, verb), {});
}

Result<> writeFiles(const BundleSource& source, const std::string& folder)
{
    std::vector<std::pair<const char*, std::string>> files{
        { "hostname", hostNameOf(source.settings) + "\n" },
        { "hosts", hostsText(source.settings) },
        { "resolv.conf", resolverText(source) },
    };
    auto accounts = accountFilesOf(source);
    if (!accounts)
        return std::move(accounts).error();
    for (auto& account : *accounts)
        files.emplace_back(account.name, std::move(account.text));
    std::vector<std::string> paths{ folder + "/upper" };
    for (const auto& [file, text] : files) {
        paths.push_back(folder + "/etc/" + file);
        if (auto written = writeFileAtomically(paths.back(), text, 0644); !written)
            return written;
    }
    return giveToRoot(source, paths);
}

/// Absent: none at all.
Result<std::optional<oci::Seccomp>> seccompOf(const ContainerSecurity& security)
{
    if (security.isUnconfined)
        return std::optional<oci::Seccomp>();
    auto profile = security.seccompProfile.empty() ? defaultSeccompProfile()
                                                   : oci::decodeSeccomp(security.seccompProfile, security.seccompPath);
    if (!profile)
        return std::move(profile).error();
    return std::optional<oci::Seccomp>(*std::move(profile));
}

} // namespace

Result<> setLimits(const ContainerSettings& settings, oci::Resources& resources)
{
    if (settings.memoryBytes) {
        resources.memoryLimitBytes = static_cast<std::int64_t>(*settings.memoryBytes);
        resources.memorySwapBytes = resources.memoryLimitBytes; // memory and swap together: no swap beyond the limit
    }
    if (settings.cpus) {
        resources.cpuPeriodMicroseconds = kCpuPeriodMicroseconds;
        resources.cpuQuotaMicroseconds = std::llround(*settings.cpus * static_cast<double>(kCpuPeriodMicroseconds));
    }
    if (settings.pids)
        resources.pidsLimit = std::int64_t{ *settings.pids };
    const auto& fine = settings.fineLimits;
    if (fine.memoryAndSwapBytes)
        resources.memorySwapBytes = *fine.memoryAndSwapBytes < 0 ? std::nullopt : fine.memoryAndSwapBytes;
    resources.cpus = fine.cpuSet;
    if (fine.cpuShares)
        resources.cpuShares = *fine.cpuShares;
    return setDeviceRates(fine, resources);
}

Result<oci::RuntimeSpec> makeBundleSpec(const BundleSource& source, const std::string& containerPath)
{
    auto lower = joinLayers(source.layers);
    auto seccomp = seccompOf(source.settings.security);
    if (!lower || !seccomp)
        return lower ? std::move(seccomp).error() : std::move(lower).error();
    auto accounts = accountFilesOf(source);
    if (!accounts)
        return std::move(accounts).error();
    oci::RuntimeSpec spec = oci::defaultRuntimeSpec();
    if (auto set = setProcess(source, *spec.process); !set)
        return std::move(set).error();
    if (source.settings.process.hasInit && source.initProgram.empty())
        return Error{ ErrorCode::Unavailable, "the program container-init is missing", ENOENT,
            "Install Twinhull again, or set TWINHULL_LIBEXEC to the folder it is in" };
    spec.hostname = hostNameOf(source.settings);
    spec.root.readonly = source.settings.files.isRootReadOnly;
    if (auto set = setRoot(source.settings.root, *lower, containerPath, spec); !set)
        return std::move(set).error();
    spec.linux_.seccomp = *std::move(seccomp);
    spec.linux_.cgroupsPath = ":twinhull:" + source.settings.id;
    if (auto set = setLimits(source.settings, spec.linux_.resources); !set)
        return std::move(set).error();
    addMounts(source, containerPath, *accounts, spec.mounts);
    addUserNamespace(source, spec.linux_);
    if (!source.settings.networks.empty() && !source.userMappings.empty())
        spec.annotations[std::string(oci::kAnnotationParentUsers)] = source.parentUserNamespace;
    if (source.settings.hasHostNetwork)
        shareNetwork(spec);
    return spec;
}

Result<> writeBundle(const BundleSource& source, const std::string& folder, const std::string& containerPath)
{
    auto spec = makeBundleSpec(source, containerPath);
    if (!spec)
        return std::move(spec).error();
    for (const char* name : { "/etc", "/work", "/rootfs", "/log" }) {
        if (auto made = makeFolders(folder + name); !made)
            return made;
    }
    if (auto made = makeFolders(folder + "/upper"); !made)
        return made;
    if (::chmod((folder + "/upper").c_str(), 0755) != 0) // becomes the container's "/": its users must enter
        return Error::fromErrno(errno, "open " + folder + "/upper");
    for (const auto& secret : source.settings.files.secrets) {
        if (auto found = requireSecret(source.secretsFolder, secret.name); !found)
            return found;
    }
    for (const auto& mount : source.settings.mounts) {
        const bool isVolume = mount.source.front() != '/';
        const auto& user = spec->process->user;
        auto ready = isVolume ? readyVolume(source.volumesFolder, mount.source,
                         { user.uid, user.gid, mount.startsEmpty, source.settings.process.kept.value_or(KeptIds()) })
                              : Result<>();
        if (!ready)
            return ready;
    }
    if (auto written = writeFiles(source, folder); !written)
        return written;
    return writeFileAtomically(folder + "/config.json", oci::encodeRuntimeSpec(*spec));
}

} // namespace twinhull
