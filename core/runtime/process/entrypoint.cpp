// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/entrypoint.h"

#include "core/base/clock.h"
#include "core/runtime/process/capabilities.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/process/program_search.h"
#include "core/runtime/process/rlimits.h"
#include "core/runtime/process/scheduling.h"
#include "core/runtime/process/seccomp_listener.h"
#include "core/runtime/process/security_labels.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <limits>
#include <csignal>

namespace twinhull::runtime {

namespace {

constexpr unsigned kDefaultUmask = 0022;

/// Only what is ignored outlives execve; a handler does not (signal(7)).
Result<> resetSignals(std::uint64_t ignored)
{
    for (int signal = 1; signal < NSIG; ++signal) {
        if ((ignored >> static_cast<unsigned>(signal - 1) & 1U) != 0)
            (void)::signal(signal, SIG_DFL); // KILL, STOP and the library's own two refuse, and have no handler
    }
    sigset_t none;
    ::sigemptyset(&none);
    if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0)
        return Error::fromErrno(errno, "clear the signal mask");
    return {};
}

/// The last id is "no change" to setresuid(2): the program would stay what hull is.
Result<> requireRealIds(const oci::User& user)
{
    constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    if (user.uid != kNone && user.gid != kNone)
        return {};
    return Error{ ErrorCode::InvalidArgument,
        std::string(user.uid == kNone ? "become user " : "become group ") + std::to_string(kNone)
            + ": that id stands for none",
        0, "Give an id below it" };
}

Result<> becomeUser(const oci::User& user, bool mayNotSetGroups)
{
    if (auto real = requireRealIds(user); !real)
        return real;
    const auto& groups = user.additionalGids;
    if (!mayNotSetGroups && ::setgroups(groups.size(), groups.data()) != 0)
        return Error::fromErrno(errno, "set additional groups");
    if (mayNotSetGroups && !groups.empty())
        return Error{ ErrorCode::Unsupported, "additional groups need a range of subordinate group ids", 0,
            "Map a range in linux.gidMappings, or leave process.user.additionalGids out" };
    if (::setresgid(user.gid, user.gid, user.gid) != 0)
        return Error::fromErrno(errno, "become group " + std::to_string(user.gid))
            .withHint("Is the id inside linux.gidMappings?");
    if (::setresuid(user.uid, user.uid, user.uid) != 0)
        return Error::fromErrno(errno, "become user " + std::to_string(user.uid))
            .withHint("Is the id inside linux.uidMappings?");
    return {};
}

/// Log and terminal belong to the program's user, so that it can open /dev/stdout again.
void giveStdioTo(std::uint32_t uid)
{
    for (int fd = 0; fd <= 2; ++fd) {
        struct stat info { };
        if (uid != 0 && ::fstat(fd, &info) == 0 && (S_ISFIFO(info.st_mode) || ::isatty(fd) == 1))
            (void)!::fchown(fd, uid, static_cast<gid_t>(-1)); // not ours to give: the program can still write to it
    }
}

Result<> makeWorkingFolder(const std::string& path)
{
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        const std::string part = path.substr(0, slash);
        if (::mkdir(part.c_str(), 0755) != 0 && errno != EEXIST && errno != EROFS)
            return Error::fromErrno(errno, "make working folder " + part);
        if (slash == std::string::npos)
            return {};
    }
}

/// The kernel's getcwd, not the library's: it says "(unreachable)/…" for a folder outside this root.
Result<> enterWorkingFolder(const std::string& path)
{
    if (::chdir(path.c_str()) != 0)
        return Error::fromErrno(errno, "enter working folder " + path);
    char real[PATH_MAX];
    if (::syscall(SYS_getcwd, real, sizeof real) < 0 || real[0] != '/')
        return Error{ ErrorCode::PermissionDenied, "working folder " + path + " lies outside the container", 0, {} };
    return {};
}

/// Root's programs have all that is permitted without an ambient set (capabilities(7)), so that what cannot be raised
/// for want of an inheritable one is no loss: runc's own `spec` asks for that.
oci::CapabilitySets setsOf(const oci::Process& process)
{
    auto sets = process.capabilities.value_or(oci::CapabilitySets());
    const auto isInheritable = [&](const std::string& name) {
        return std::find(sets.inheritable.begin(), sets.inheritable.end(), name) != sets.inheritable.end();
    };
    if (process.user.uid == 0)
        std::erase_if(sets.ambient, [&](const std::string& name) { return !isInheritable(name); });
    return sets;
}

Result<> dropRights(const Entrypoint& entrypoint, const SyncChannel& sync)
{
    const auto& process = entrypoint.process;
    std::vector<std::string> warnings;
    const auto& bounding = entrypoint.inherited.bounding;
    const CapabilityMasks masks = resolveCapabilities(setsOf(process), warnings, bounding);
    for (const auto& warning : warnings)
        (void)sync.send(SyncMessage::warning(warning)); // a warning that cannot be told must not stop the container
    if (auto limited = limitBoundingSet(masks.bounding, bounding.value_or(kAllCapabilities)); !limited)
        return std::move(limited).withContext("process.capabilities.bounding");
    if (entrypoint.filter && !process.noNewPrivileges) { // needs CAP_SYS_ADMIN: now or never
        if (auto installed = installAndPassOn(*entrypoint.filter, sync); !installed)
            return installed;
    }
    const bool leavesRoot = process.user.uid != 0; // who stays root keeps them
    if (leavesRoot && ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "keep capabilities");
    if (auto changed = becomeUser(process.user, entrypoint.mayNotSetGroups); !changed)
        return std::move(changed).withContext("process.user");
    if (leavesRoot && ::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "keep no capabilities");
    return applyCapabilities(masks).withContext("process.capabilities");
}

Result<> lockPrivileges(const Entrypoint& entrypoint, const SyncChannel& sync)
{
    if (!entrypoint.process.noNewPrivileges)
        return {};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "set no_new_privs");
    return entrypoint.filter ? installAndPassOn(*entrypoint.filter, sync) : Result<>();
}

Result<> closeDescriptors(int preserveFds)
{
    const unsigned first = 3U + static_cast<unsigned>(preserveFds);
    for (int fd = 3; fd < 3 + preserveFds; ++fd) {
        if (::fcntl(fd, F_SETFD, 0) != 0)
            return Error::fromErrno(errno, "pass on descriptor " + std::to_string(fd));
    }
    if (::syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        return Error::fromErrno(errno, "close descriptors");
    return {};
}

std::vector<char*> pointersTo(const std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (const auto& text : texts)
        pointers.push_back(const_cast<char*>(text.c_str())); // execve(2) does not write to them
    pointers.push_back(nullptr);
    return pointers;
}

/// All that is left once the rights are gone.
Result<> prepare(const Entrypoint& entrypoint, const SyncChannel& sync, ProgramCall& program)
{
    const auto& process = entrypoint.process;
    if (entrypoint.workingFolder == WorkingFolder::Make) {
        if (auto made = makeWorkingFolder(process.cwd); !made)
            return std::move(made).withContext("process.cwd");
    }
    if (auto limited = applyRlimits(process.rlimits); !limited)
        return std::move(limited).withContext("process.rlimits");
    if (auto applied = applyPriorities(process); !applied)
        return applied;
    if (auto applied = applyExecutionDomain(entrypoint.domain); !applied)
        return applied;
    giveStdioTo(process.user.uid);
    if (auto dropped = dropRights(entrypoint, sync); !dropped)
        return dropped;
    // a change of user makes a process dumpable again where /proc/sys/fs/suid_dumpable says so
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "become undumpable");
    if (auto entered = enterWorkingFolder(process.cwd); !entered)
        return std::move(entered).withContext("process.cwd");
    auto found = entrypoint.program >= 0 ? Result<ProgramCall>(ProgramCall{ process.args[0], process.env })
                                         : findProgramCall(process);
    if (!found)
        return std::move(found).error();
    program = *std::move(found);
    if (auto labelled = applyLabels(process); !labelled)
        return labelled;
    // again for who dies with hull: a change of credentials takes it away
    (void)::prctl(PR_SET_PDEATHSIG, entrypoint.lifetime == Lifetime::Own ? 0 : SIGKILL, 0, 0, 0); // cannot fail
    ::umask(process.user.umask.value_or(kDefaultUmask));
    if (auto reset = resetSignals(entrypoint.inherited.ignoredSignals); !reset)
        return reset;
    return closeDescriptors(entrypoint.preserveFds);
}

/// The kernel has one answer for a file and for a policy that refuse.
Error describeFailure(const oci::Process& process, int number, const std::string& path)
{
    Error error = describeExecFailure(number, path);
    if (process.selinuxLabel.empty() || (number != EACCES && number != EPERM))
        return error;
    return std::move(error)
        .withContext("with the SELinux label " + process.selinuxLabel)
        .withHint("Is the file executable, and does the policy let hull start it with this label?");
}

Result<> runStartHooks(const Entrypoint& entrypoint)
{
    if (entrypoint.startHooks.empty())
        return {};
    oci::ContainerView view{ entrypoint.record, oci::ContainerStatus::Created };
    view.record.pid = ::getpid(); // as the container sees it
    return runHooks("startContainer", entrypoint.startHooks, view);
}

} // namespace

Error becomeEntrypoint(const Entrypoint& entrypoint, const SyncChannel& sync)
{
    ProgramCall program;
    if (auto prepared = prepare(entrypoint, sync, program); !prepared)
        return std::move(prepared).error();
    const auto arguments = pointersTo(entrypoint.process.args);
    announce(entrypoint.activation, program.environment);
    const auto environment = pointersTo(program.environment);
    if (auto locked = lockPrivileges(entrypoint, sync); !locked)
        return std::move(locked).error();
    if (auto ran = runStartHooks(entrypoint); !ran)
        return std::move(ran).error();
    (void)sync.send(SyncMessage::of(SyncKind::Executing, monotonicNanoseconds())); // a mark, not a condition
    if (entrypoint.program >= 0)
        ::syscall(SYS_execveat, entrypoint.program, "", arguments.data(), environment.data(), AT_EMPTY_PATH);
    else
        ::execve(program.path.c_str(), arguments.data(), environment.data());
    return describeFailure(entrypoint.process, errno, program.path);
}

} // namespace twinhull::runtime
