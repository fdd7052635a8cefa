// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/live_mounts.h"

#include "core/base/files.h"
#include "core/runtime/mounts/mounter.h"
#include "core/runtime/namespaces/user_namespace.h"
#include "core/runtime/process/descriptors.h"
#include "core/runtime/state/container.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>

namespace twinhull::runtime {

namespace {

bool hasOwn(const oci::RuntimeSpec& spec, oci::NamespaceKind kind)
{
    return std::any_of(spec.linux_.namespaces.begin(), spec.linux_.namespaces.end(),
        [&](const oci::Namespace& entry) { return entry.kind == kind; });
}

Result<UniqueFd> cloneSource(Syscalls& calls, const oci::Mount& mount, const std::string& bundle)
{
    auto options = parseMountOptions(mount.options);
    if (!options)
        return std::move(options).error();
    const bool isOne = options->bind == MountOptions::Bind::One;
    auto clone = calls.cloneMount(AT_FDCWD, bindSource(mount, bundle).c_str(), isOne ? 0U : unsigned{ AT_RECURSIVE });
    if (!clone && clone.error().sysErrno == EPERM)
        return std::move(clone).error().withHint("Only root can bring a folder of the host into a running container");
    if (!clone)
        return clone;
    // it must not stay a peer of the host's
    auto cut = calls.changeMount(clone->fd(), { 0, 0, MS_PRIVATE, AT_RECURSIVE });
    return cut ? std::move(clone) : std::move(cut).error();
}

/// Every bind mount of the list, as the host sees its source.
Result<MappedMounts> cloneSources(Syscalls& calls, const LiveMounts& request)
{
    oci::RuntimeSpec spec = request.spec;
    spec.mounts = request.mounts;
    auto clones = makeMappedMounts(calls, spec, request.record.bundle);
    for (std::size_t i = 0; clones && i < spec.mounts.size(); ++i) {
        const auto& mount = spec.mounts[i];
        const bool isBind = mount.type.empty() || mount.type == "bind"
            || std::any_of(mount.options.begin(), mount.options.end(),
                [](const auto& option) { return option == "bind" || option == "rbind"; });
        if (!isBind || clones->count(i) != 0)
            continue;
        auto clone = cloneSource(calls, mount, request.record.bundle);
        if (!clone)
            return std::move(clone).error().withContext("mount " + mount.destination);
        clones->emplace(i, *std::move(clone));
    }
    return clones;
}

/// Undumpable first: the container's root could look at it where they share a pid namespace (CVE-2016-9962).
Result<RootFd> enter(Syscalls& calls, const LiveMounts& request, const UniqueFd& container)
{
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "guard the new process");
    const bool hasUsers = hasOwn(request.spec, oci::NamespaceKind::User);
    if (auto joined = calls.joinNamespaces(container.fd(), CLONE_NEWNS | (hasUsers ? CLONE_NEWUSER : 0)); !joined)
        return std::move(joined).error();
    if (hasUsers) {
        if (auto became = becomeRootOfUserNamespace(mayNotSetGroups(request.spec.linux_)); !became)
            return std::move(became).error();
        if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) // the change of user took it away
            return Error::fromErrno(errno, "guard the new process");
    }
    ::umask(0);
    auto root = openPath("/", O_PATH | O_DIRECTORY);
    return root ? Result(RootFd(*std::move(root))) : std::move(root).error();
}

Result<> unmount(const RootFd& root, const oci::Mount& mount)
{
    const std::string name = RootFd::lastComponent(mount.destination);
    auto target = root.open(mount.destination, O_PATH);
    if (!target)
        return std::move(target).error();
    auto parent = root.makeParent(mount.destination);
    if (!parent)
        return std::move(parent).error();
    // a mount point cannot be renamed: the name in the held folder is the one that was found
    if (::fchdir(parent->fd()) != 0 || ::umount2(name.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0)
        return Error::fromErrno(errno, "unmount " + mount.destination)
            .withHint(errno == EINVAL ? "Nothing is mounted there" : "");
    return {};
}

Result<> unmountAll(const RootFd& root, const std::vector<oci::Mount>& mounts, std::size_t count)
{
    while (count > 0) {
        if (auto done = unmount(root, mounts[--count]); !done)
            return done;
    }
    return {};
}

Result<> attachAll(Syscalls& calls, const LiveMounts& request, const MappedMounts& clones, const RootFd& root,
    const WarningSink& onWarning)
{
    const auto& linux_ = request.spec.linux_;
    for (std::size_t i = 0; i < request.mounts.size(); ++i) {
        MappedMounts own;
        if (const auto found = clones.find(i); found != clones.end())
            own.emplace(0, UniqueFd(::fcntl(found->second.fd(), F_DUPFD_CLOEXEC, 0)));
        Mounter mounter(calls, root,
            { request.record.bundle, hasOwn(request.spec, oci::NamespaceKind::User), linux_.gidMappings,
                linux_.mountLabel, &own, true });
        auto mounted = mounter.mountAll({ request.mounts[i] });
        for (const auto& warning : mounter.warnings())
            onWarning(warning.c_str());
        if (mounted)
            continue;
        (void)unmountAll(root, request.mounts, i); // the first error is the one to tell
        return mounted;
    }
    return {};
}

using Work = std::function<Result<>(const RootFd& root, const WarningSink& onWarning)>;

[[noreturn]] void runInside(Syscalls& calls, const LiveMounts& request, const UniqueFd& container,
    const MappedMounts& clones, const SyncChannel& sync, const Work& work)
{
    std::vector<int> kept{ sync.fd(), container.fd() };
    for (const auto& [index, clone] : clones)
        kept.push_back(clone.fd());
    auto done = closeDescriptorsExcept(std::move(kept), 0);
    auto root = done ? enter(calls, request, container) : Result<RootFd>(std::move(done).error());
    auto worked = root ? work(*root, [&](const char* text) { (void)sync.send(SyncMessage::warning(text)); })
                       : Result<>(std::move(root).error());
    (void)sync.send(worked ? SyncMessage::of(SyncKind::Ready) : SyncMessage::failure(worked.error()));
    ::_exit(0);
}

Result<> workInside(Syscalls& calls, const LiveMounts& request, const MappedMounts& clones,
    const WarningSink& onWarning, const Work& work)
{
    if (!hasOwn(request.spec, oci::NamespaceKind::Mount))
        return Error{ ErrorCode::Unsupported, "the container has no mount namespace of its own", 0, {} };
    auto container = watchProcess(request.record);
    if (!container)
        return std::move(container).error();
    auto pair = SyncChannel::makePair();
    if (!pair)
        return std::move(pair).error();
    auto child = calls.cloneProcess({ 0, -1 });
    if (!child)
        return std::move(child).error();
    if (child->pid == 0)
        runInside(calls, request, *container, clones, pair->second, work);
    pair->second.close();
    LaunchedProcess process;
    process.pidfd = std::move(child->pidfd);
    process.sync = std::move(pair->first);
    auto done = awaitReady(process, onWarning);
    endChild(process.pidfd);
    return done;
}

} // namespace

Result<> addMounts(Syscalls& calls, const LiveMounts& request, const WarningSink& onWarning)
{
    auto clones = cloneSources(calls, request);
    if (!clones)
        return std::move(clones).error();
    return workInside(calls, request, *clones, onWarning,
        [&](const RootFd& root, const WarningSink& warn) { return attachAll(calls, request, *clones, root, warn); });
}

Result<> removeMounts(Syscalls& calls, const LiveMounts& request)
{
    return workInside(calls, request, {}, {}, [&](const RootFd& root, const WarningSink&) {
        return unmountAll(root, request.mounts, request.mounts.size());
    });
}

} // namespace twinhull::runtime
