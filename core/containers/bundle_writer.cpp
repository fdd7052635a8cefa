// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/bundle_writer.h"

#include "core/base/files.h"
#include "core/containers/default_seccomp.h"
#include "core/containers/image_user.h"
#include "core/volumes/volumes.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace twinhull {

namespace {

constexpr std::uint64_t kCpuPeriodMicroseconds = 100'000;
constexpr std::uint64_t kSoftDescriptorLimit = 1024;
constexpr std::uint64_t kHardDescriptorLimit = 1U << 20U;
constexpr const char* kDefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
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

std::vector<std::string> environmentOf(const BundleSource& source, const ImageUser& user)
{
    std::vector<std::string> all{ kDefaultPath, "HOME=" + (user.home.empty() ? std::string("/") : user.home) };
    if (source.settings.hasTerminal)
        setVariable(all, "TERM=xterm");
    setVariable(all, "HOSTNAME=" + source.settings.name);
    for (const auto& entry : texts(source.image.environment))
        setVariable(all, entry);
    for (const auto& entry : source.settings.environment)
        setVariable(all, entry);
    return all;
}

/// A command of the person's replaces the image's command, not its entrypoint.
std::vector<std::string> argumentsOf(const BundleSource& source)
{
    auto all = texts(source.image.entrypoint);
    const auto command = source.settings.command.empty() ? texts(source.image.command) : source.settings.command;
    all.insert(all.end(), command.begin(), command.end());
    return all;
}

oci::Rlimit descriptorLimit()
{
    rlimit own{};
    (void)::getrlimit(RLIMIT_NOFILE, &own); // cannot fail for a known resource
    const std::uint64_t hard = std::min<std::uint64_t>(own.rlim_max, kHardDescriptorLimit);
    return { "RLIMIT_NOFILE", std::min(kSoftDescriptorLimit, hard), hard };
}

Result<> setProcess(const BundleSource& source, oci::Process& process)
{
    auto user = resolveImageUser(source.image.user.toStdString(), source.layers);
    if (!user)
        return std::move(user).error();
    process.user.uid = user->uid;
    process.user.gid = user->gid;
    process.user.additionalGids = user->additionalGids;
    process.args = argumentsOf(source);
    process.env = environmentOf(source, *user);
    process.cwd = source.image.workingFolder.isEmpty() ? "/" : source.image.workingFolder.toStdString();
    process.terminal = source.settings.hasTerminal;
    process.rlimits = { descriptorLimit() };
    return {};
}

void setLimits(const ContainerSettings& settings, oci::Resources& resources)
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
}

void addMounts(const BundleSource& source, const std::string& containerPath, std::vector<oci::Mount>& mounts)
{
    std::vector<std::string> files{ "hostname", "hosts" };
    if (source.settings.hasNetwork)
        files.emplace_back("resolv.conf");
    for (const auto& name : files)
        mounts.push_back(
            { "/etc/" + name, "bind", containerPath + "/etc/" + name, { "rbind", "rw", "nosuid", "nodev", "noexec" } });
    for (const auto& mount : source.settings.mounts) {
        const bool isVolume = mount.source.front() != '/';
        mounts.push_back({ mount.target, "bind", isVolume ? source.volumesFolder + "/" + mount.source : mount.source,
            { "rbind", mount.readOnly ? "ro" : "rw", "nosuid", "nodev" } });
    }
}

void addUserNamespace(const BundleSource& source, oci::Linux& section)
{
    if (source.userMappings.empty())
        return;
    section.namespaces.insert(section.namespaces.begin(), { oci::NamespaceKind::User, {} });
    section.uidMappings = source.userMappings;
    section.gidMappings = source.groupMappings;
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

Result<> writeFiles(const BundleSource& source, const std::string& folder)
{
    const std::string& name = source.settings.name;
    const std::vector<std::pair<const char*, std::string>> files{
        { "hostname", name + "\n" },
        { "hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t" + name + "\n" },
        { "resolv.conf", std::string("nameserver ") + kNameServer + "\n" },
    };
    for (const auto& [file, text] : files) {
        if (auto written = writeFileAtomically(folder + "/etc/" + file, text, 0644); !written)
            return written;
    }
    return {};
}

} // namespace

Result<oci::RuntimeSpec> makeBundleSpec(const BundleSource& source, const std::string& containerPath)
{
    auto lower = joinLayers(source.layers);
    auto seccomp = defaultSeccompProfile();
    if (!lower || !seccomp)
        return lower ? std::move(seccomp).error() : std::move(lower).error();
    oci::RuntimeSpec spec = oci::defaultRuntimeSpec();
    if (auto set = setProcess(source, *spec.process); !set)
        return std::move(set).error();
    spec.hostname = source.settings.name;
    spec.annotations[std::string(oci::kAnnotationLower)] = *lower;
    spec.annotations[std::string(oci::kAnnotationUpper)] = containerPath + "/upper";
    spec.annotations[std::string(oci::kAnnotationWork)] = containerPath + "/work";
    spec.linux_.seccomp = *std::move(seccomp);
    spec.linux_.cgroupsPath = ":twinhull:" + source.settings.id;
    setLimits(source.settings, spec.linux_.resources);
    addMounts(source, containerPath, spec.mounts);
    addUserNamespace(source, spec.linux_);
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
    for (const auto& mount : source.settings.mounts) {
        const bool isVolume = mount.source.front() != '/';
        const auto& user = spec->process->user;
        auto ready = isVolume ? readyVolume(source.volumesFolder, mount.source, user.uid, user.gid) : Result<>();
        if (!ready)
            return ready;
    }
    if (auto written = writeFiles(source, folder); !written)
        return written;
    return writeFileAtomically(folder + "/config.json", oci::encodeRuntimeSpec(*spec));
}

} // namespace twinhull
