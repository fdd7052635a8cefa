// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/user_namespace.h"

#include "core/base/files.h"
#include "core/runtime/namespaces/id_mapping.h"
#include "core/runtime/process/launched_process.h"

#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace twinhull::runtime {

namespace {

/// Holds the namespace until its descriptor is open; goes with hull.
[[noreturn]] void hold()
{
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); // cannot fail for a signal
    while (::getppid() != 1)
        ::pause();
    ::_exit(1);
}

} // namespace

Result<> becomeRootOfUserNamespace(bool isGroupChangeDenied)
{
    if (!isGroupChangeDenied && ::setgroups(0, nullptr) != 0)
        return Error::fromErrno(errno, "drop groups");
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
        return Error::fromErrno(errno, "become root of the user namespace")
            .withHint("linux.uidMappings and linux.gidMappings must map the container's id 0");
    return {};
}

bool mayNotSetGroups(const oci::Linux& linux_)
{
    return linux_.gidMappings.size() == 1 && linux_.gidMappings[0].size == 1;
}

bool isInFirstUserNamespace()
{
    constexpr ino_t kFirst = 0xEFFFFFFD; // the same on every kernel (linux/proc_ns.h)
    struct stat info { };
    return ::stat("/proc/self/ns/user", &info) != 0 || info.st_ino == kFirst;
}

bool isGroupChangeDenied()
{
    auto text = readFile("/proc/self/setgroups", 16);
    return text && text->rfind("deny", 0) == 0;
}

bool keepsGroups(const oci::RuntimeSpec& spec)
{
    const auto found = spec.annotations.find("run.oci.keep_original_groups");
    return found != spec.annotations.end() && found->second == "1";
}

Result<UniqueFd> makeUserNamespace(
    Syscalls& calls, const std::vector<oci::IdMapping>& uids, const std::vector<oci::IdMapping>& gids)
{
    auto holder = calls.cloneProcess({ CLONE_NEWUSER, -1 });
    if (!holder)
        return std::move(holder).error().withContext("user namespace");
    if (holder->pid == 0)
        hold();
    auto mapped = writeIdMappings(holder->pid, uids, gids);
    auto opened = mapped ? openPath("/proc/" + std::to_string(holder->pid) + "/ns/user", O_RDONLY)
                         : Result<UniqueFd>(std::move(mapped).error());
    endChild(holder->pidfd);
    return opened;
}

} // namespace twinhull::runtime
