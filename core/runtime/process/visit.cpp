// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/visit.h"

#include "core/runtime/mounts/mount_options.h"
#include "core/runtime/namespaces/user_namespace.h"
#include "core/runtime/process/bundle.h"
#include "core/runtime/process/container_launch.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull::runtime {

namespace {

using oci::NamespaceKind;

bool isAtOrBelow(const std::string& path, const std::string& folder)
{
    return path == folder || path.rfind(folder + "/", 0) == 0;
}

/// What files need: owners, modes, and to come by everywhere.
oci::CapabilitySets rightsOverFiles()
{
    oci::CapabilitySets sets;
    for (auto* set : { &sets.bounding, &sets.effective, &sets.permitted })
        *set = { "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID" };
    return sets;
}

/// After all others: a link of the image leads a bind mount to wherever it likes, and the kernel's /proc has to lie on
/// top. An empty /dev that cannot be written to: what is made there would be gone, and nodes belong into no layer. The
/// second entry says that no devices are to be made in it (container_init.cpp).
void addKernelsFolders(std::vector<oci::Mount>& mounts)
{
    mounts.push_back({ "/dev", "tmpfs", "tmpfs", { "ro", "nosuid", "noexec", "mode=755" } });
    mounts.push_back({ "/dev", "none", "none", { "remount", "ro" } });
    mounts.push_back({ "/proc", "proc", "proc", { "ro", "nosuid", "nodev", "noexec" } });
}

Result<bool> isShown(const oci::Mount& mount)
{
    auto options = parseMountOptions(mount.options);
    if (!options)
        return std::move(options).error().withContext("mount " + mount.destination);
    const bool isBind = options->bind != MountOptions::Bind::No || mount.type.empty() || mount.type == "bind";
    const bool isFiles = isBind && !options->isSourceInside && !options->allowsDevices && !options->isRemount;
    constexpr std::array kKernels{ "/dev", "/proc", "/sys" };
    return isFiles && std::none_of(kKernels.begin(), kKernels.end(), [&](const char* folder) {
        return isAtOrBelow(mount.destination, folder);
    });
}

bool isMissing(const std::string& path)
{
    struct stat info { };
    return ::stat(path.c_str(), &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

Result<InitPlan> planVisit(Syscalls& calls, const Visit& visit, const Bundle& bundle, const oci::RuntimeSpec& spec)
{
    auto namespaces = planNamespaces(spec.linux_.namespaces);
    auto root = planRootFilesystem(spec, bundle.path);
    if (!namespaces || !root)
        return namespaces ? std::move(root).error() : std::move(namespaces).error();
    const bool hasOwnUsers = namespaces->hasOwn(NamespaceKind::User);
    const bool isInCallers = !isInFirstUserNamespace();
    root->isInUserNamespace = hasOwnUsers || isInCallers;
    Entrypoint entrypoint;
    entrypoint.process = *spec.process;
    entrypoint.preserveFds = visit.preserveFds;
    entrypoint.mayNotSetGroups = mayNotSetGroups(spec.linux_) || (isInCallers && isGroupChangeDenied());
    entrypoint.inherited = readInherited();
    entrypoint.lifetime = Lifetime::Hulls;
    entrypoint.program = visit.program;
    if (hasOwnUsers)
        entrypoint.inherited.bounding = kAllCapabilities;
    auto mapped = makeMappedMounts(calls, spec, bundle.path);
    if (!mapped)
        return std::move(mapped).error();
    return InitPlan{ spec, bundle.path, *std::move(root), *std::move(namespaces), std::move(entrypoint), {},
        *std::move(mapped) };
}

} // namespace

Result<oci::RuntimeSpec> visitSpecOf(
    const oci::RuntimeSpec& spec, const std::string& bundle, const WarningSink& onWarning)
{
    oci::RuntimeSpec visit;
    visit.root = spec.root;
    for (const auto key :
        { oci::kAnnotationLower, oci::kAnnotationUpper, oci::kAnnotationWork, oci::kAnnotationFuse }) {
        if (const auto found = spec.annotations.find(std::string(key)); found != spec.annotations.end())
            visit.annotations.insert(*found);
    }
    const auto& ours = spec.linux_.namespaces;
    if (std::any_of(ours.begin(), ours.end(), [](const auto& entry) { return entry.kind == NamespaceKind::User; }))
        visit.linux_.namespaces.push_back({ NamespaceKind::User, {} });
    for (const auto kind :
        { NamespaceKind::Mount, NamespaceKind::Pid, NamespaceKind::Network, NamespaceKind::Ipc, NamespaceKind::Uts })
        visit.linux_.namespaces.push_back({ kind, {} });
    visit.linux_.uidMappings = spec.linux_.uidMappings;
    visit.linux_.gidMappings = spec.linux_.gidMappings;
    visit.linux_.mountLabel = spec.linux_.mountLabel;
    for (const auto& mount : spec.mounts) {
        auto shown = isShown(mount);
        if (!shown)
            return std::move(shown).error();
        if (!*shown)
            continue;
        visit.mounts.push_back(mount);
        if (!isMissing(bindSource(mount, bundle)))
            continue;
        onWarning((mount.destination + " does not show its files: " + mount.source + " is not there").c_str());
        visit.mounts.back()
            = { mount.destination, "tmpfs", "tmpfs", { "ifthere", "ro", "nosuid", "nodev", "noexec", "mode=755" } };
    }
    addKernelsFolders(visit.mounts);
    return visit;
}

Result<LaunchedProcess> launchVisit(Syscalls& calls, const Visit& visit, const WarningSink& onWarning)
{
    auto bundle = readBundle(visit.bundle, "config.json");
    if (!bundle)
        return std::move(bundle).error();
    auto spec = visitSpecOf(bundle->spec, bundle->path, onWarning);
    if (!spec)
        return std::move(spec).error();
    oci::Process process;
    process.args = visit.arguments;
    process.env = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin" };
    process.noNewPrivileges = true;
    process.capabilities = rightsOverFiles();
    spec->process = std::move(process);
    auto plan = planVisit(calls, visit, *bundle, *spec);
    if (!plan)
        return std::move(plan).error();
    const auto nothing = [](pid_t) { return Result<>(); };
    LaunchOptions options{ -1, nothing, nothing, onWarning, Proceeding::Unasked, {} };
    options.keptByRootServer = visit.preserveFds; // a visit that is killed leaves its server at work on the files
    return launchContainer(calls, *plan, options);
}

} // namespace twinhull::runtime
