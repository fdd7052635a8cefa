// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/restore_root.h"

#include "core/base/files.h"
#include "core/runtime/checkpoint/external_mounts.h"
#include "core/runtime/mounts/mapped_mounts.h"
#include "core/runtime/process/launched_process.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace twinhull::runtime {

namespace {

/// Whether an earlier mount of the list covers the place: what is in that is restored, or lies in the bind's source.
bool liesOnAnother(const std::vector<oci::Mount>& mounts, const oci::Mount& mount)
{
    const std::string place = plainPath(mount.destination);
    return std::any_of(mounts.begin(), mounts.end(), [&](const oci::Mount& other) {
        const std::string above = plainPath(other.destination);
        return above != place && isAtOrBelow(place, above);
    });
}

bool isFile(const oci::Mount& mount, const std::string& bundle)
{
    struct stat info { };
    return isBind(mount) && ::stat(bindSource(mount, bundle).c_str(), &info) == 0 && !S_ISDIR(info.st_mode);
}

Result<> makeMountPoints(const RestoreRoot& request, const RootFd& root)
{
    const auto& mounts = request.spec.mounts;
    for (const auto& mount : mounts) {
        if (liesOnAnother(mounts, mount))
            continue;
        auto made
            = isFile(mount, request.bundle) ? root.makeFile(mount.destination) : root.makeFolder(mount.destination);
        if (!made)
            return std::move(made).error().withContext("mount point " + mount.destination);
    }
    return {};
}

Result<> sealInside(Syscalls& calls, const UniqueFd& pidfd)
{
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "guard the new process");
    if (auto joined = calls.joinNamespaces(pidfd.fd(), CLONE_NEWNS); !joined)
        return joined;
    auto root = openPath("/", O_PATH | O_DIRECTORY);
    return root ? calls.changeMount(root->fd(), { MOUNT_ATTR_RDONLY, 0, 0, 0 }) : std::move(root).error();
}

} // namespace

Result<> buildRestoreRoot(Syscalls& calls, const RestoreRoot& request)
{
    ::umask(0); // modes are given as they shall be
    RootFilesystem plan = request.root;
    plan.propagation = "slave"; // mounts that followed the host's are restored as such; nothing gets out
    auto root = mountRootFilesystem(calls, plan);
    if (!root)
        return std::move(root).error();
    if (auto made = makeMountPoints(request, *root); !made)
        return made;
    auto target = openPath(request.place, O_PATH | O_DIRECTORY);
    if (!target)
        return std::move(target).error();
    auto clone = calls.cloneMount(root->fd(), "", AT_EMPTY_PATH | AT_RECURSIVE);
    if (!clone)
        return std::move(clone).error();
    if (auto cut = calls.changeMount(clone->fd(), { 0, 0, MS_PRIVATE, AT_RECURSIVE }); !cut)
        return cut;
    return calls.attachMount(clone->fd(), target->fd());
}

Result<> sealRestoredRoot(Syscalls& calls, const UniqueFd& pidfd)
{
    auto pair = SyncChannel::makePair();
    if (!pair)
        return std::move(pair).error();
    auto child = calls.cloneProcess({ 0, -1 });
    if (!child)
        return std::move(child).error();
    if (child->pid == 0) {
        auto sealed = sealInside(calls, pidfd);
        (void)pair->second.send(sealed ? SyncMessage::of(SyncKind::Ready) : SyncMessage::failure(sealed.error()));
        ::_exit(0); // nobody listens any more: nobody to tell
    }
    pair->second.close();
    LaunchedProcess process;
    process.pidfd = std::move(child->pidfd);
    process.sync = std::move(pair->first);
    auto done = awaitReady(process, [](const char*) {});
    endChild(process.pidfd);
    return std::move(done).withContext("make the root read-only");
}

} // namespace twinhull::runtime
