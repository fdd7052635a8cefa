// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/exec_session.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/runtime/cgroups/systemd/systemd_scope.h"
#include "core/runtime/namespaces/namespace_plan.h"
#include "core/runtime/namespaces/user_namespace.h"
#include "core/runtime/process/console.h"
#include "core/runtime/process/descriptors.h"
#include "core/runtime/process/scheduling.h"
#include "core/runtime/process/security_labels.h"
#include "core/runtime/state/container.h"

#include <linux/keyctl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace twinhull::runtime {

namespace {

int namespacesOf(const oci::RuntimeSpec& spec)
{
    int kinds = CLONE_NEWCGROUP;
    for (const auto& entry : spec.linux_.namespaces)
        kinds |= cloneFlagOf(entry.kind);
    return kinds;
}

std::string timeNamespaceOf(const std::string& process)
{
    char text[64];
    const ssize_t length = ::readlink(("/proc/" + process + "/ns/time").c_str(), text, sizeof text); // since 5.6
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

/// A restored container's clocks go on from where they were: in a namespace that config.json does not name.
int namespacesOf(const ExecPlan& plan)
{
    const bool hasOwnTime = timeNamespaceOf(std::to_string(plan.record.pid)) != timeNamespaceOf("self");
    return namespacesOf(plan.spec) | (hasOwnTime ? CLONE_NEWTIME : 0);
}

bool hasUserNamespace(const oci::RuntimeSpec& spec)
{
    return (namespacesOf(spec) & CLONE_NEWUSER) != 0;
}

/// Before anything of the container can be seen by it or see it (CVE-2016-9962).
Result<> guard()
{
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "guard the new process");
    return {};
}

Result<UniqueFd> openTerminal(const ExecPlan& plan)
{
    auto root = openPath("/", O_PATH | O_DIRECTORY);
    if (!root)
        return root;
    auto console = openConsole(RootFd(*std::move(root)), plan.entrypoint.process);
    if (!console)
        return std::move(console).error();
    if (auto adopted = adoptConsole(*console); !adopted)
        return std::move(adopted).error();
    return std::move(console->master);
}

Error run(const ExecPlan& plan, const SyncChannel& sync)
{
    ::umask(0);
    if (hasUserNamespace(plan.spec)) {
        if (auto became = becomeRootOfUserNamespace(plan.entrypoint.mayNotSetGroups); !became)
            return std::move(became).error();
    }
    if (auto guarded = guard(); !guarded)
        return std::move(guarded).error();
    if (::setsid() < 0)
        return Error::fromErrno(errno, "start a session");
    (void)::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr); // a kernel without keyrings has none to share
    UniqueFd master;
    if (plan.entrypoint.process.terminal) {
        auto opened = openTerminal(plan);
        if (!opened)
            return std::move(opened).error();
        master = *std::move(opened);
    }
    if (auto told = sync.send(SyncMessage::of(SyncKind::Ready, monotonicNanoseconds()), master.fd()); !told)
        return std::move(told).error();
    master.reset();
    auto proceed = sync.receive();
    if (!proceed || !*proceed)
        return Error{ ErrorCode::Cancelled, "hull ended before the program was started", 0, {} };
    if (auto joined = joinLabelledKeyring(plan.entrypoint.process); !joined)
        return std::move(joined).error();
    return becomeEntrypoint(plan.entrypoint, sync);
}

[[noreturn]] void runSession(const ExecPlan& plan, const SyncChannel& sync)
{
    const Error error = run(plan, sync);
    (void)sync.send(SyncMessage::failure(error)); // nobody listens any more: nobody to tell
    ::_exit(1);
}

oci::ExecCpuAffinity affinityOf(const ExecPlan& plan)
{
    const auto& own = plan.entrypoint.process.execCpuAffinity;
    if (own || !plan.spec.process)
        return own.value_or(oci::ExecCpuAffinity());
    return plan.spec.process->execCpuAffinity.value_or(oci::ExecCpuAffinity());
}

/// Enters the container's namespaces and makes the process that lives in them.
void runStage(Syscalls& calls, const ExecPlan& plan, const UniqueFd& container, const SyncChannel& sync)
{
    auto done = closeDescriptorsExcept({ sync.fd(), container.fd() }, plan.entrypoint.preserveFds);
    if (done)
        done = guard();
    if (done)
        done = applyAffinity(affinityOf(plan).final_);
    if (done)
        done = calls.joinNamespaces(container.fd(), namespacesOf(plan));
    auto made = done ? calls.cloneProcess({ CLONE_PARENT, -1 }) : Result<ClonedProcess>(std::move(done).error());
    if (made && made->pid == 0)
        runSession(plan, sync);
    (void)sync.send(made ? SyncMessage::of(SyncKind::StagePid, made->pid) : SyncMessage::failure(made.error()));
}

/// -1 where the container has no cgroup of its own. The container may have made folders of its own in it, which must
/// not lead outside.
Result<UniqueFd> openCgroup(const ExecPlan& plan)
{
    const std::string& path = plan.record.cgroup;
    if (path.empty() && !plan.subCgroup.empty())
        return Error{ ErrorCode::Unsupported, "--cgroup: the container has no cgroup of its own", 0,
            "Start it with --cgroup-manager cgroupfs on a computer with cgroup v2" };
    if (path.empty())
        return UniqueFd();
    auto folder = openPath(path, O_RDONLY | O_DIRECTORY);
    if (!folder)
        return Error{ ErrorCode::NotFound, "the container's cgroup " + path + " is gone", 0,
            "Remove the container: hull delete --force " + plan.record.id };
    if (plan.subCgroup.empty())
        return folder;
    auto below = RootFd(*std::move(folder)).open(plan.subCgroup, O_RDONLY | O_DIRECTORY, RootFd::Links::Refuse);
    return below
        ? std::move(below)
        : std::move(below).error().withContext("--cgroup").withHint("It must be there: a folder below " + path);
}

struct Stage {
    Syscalls& calls;
    const ExecPlan& plan;
    const UniqueFd& container;

    void run(const SyncChannel& sync) const { runStage(calls, plan, container, sync); }
};

/// The stage shares hull's memory where it can, which saves the copy: hull is as hard to look into meanwhile.
Result<ClonedProcess> runStageSharing(const Stage& stage, const UniqueFd& cgroup, const SyncChannel& sync)
{
    const int dumpable = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    auto ran = stage.calls.runSharingMemory({ 0, cgroup.fd() }, [&] { stage.run(sync); });
    if (dumpable == 1)
        (void)::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); // what it was: never refused
    return ran;
}

Result<ClonedProcess> copyForStage(
    const Stage& stage, const UniqueFd& cgroup, std::pair<SyncChannel, SyncChannel>& sync)
{
    auto made = stage.calls.cloneProcess({ 0, cgroup.fd() });
    if (made && made->pid == 0) {
        sync.first.close();
        stage.run(sync.second);
        ::_exit(0);
    }
    return made;
}

/// The scope is systemd's own: an ordinary user may not move processes over from another part of the tree.
Result<ClonedProcess> letSystemdMove(const Stage& stage, std::pair<SyncChannel, SyncChannel>& sync)
{
    auto made = stage.calls.cloneProcess({ 0, -1 });
    if (!made)
        return made;
    if (made->pid == 0) {
        sync.first.close(); // hears that hull has ended
        auto moved = sync.second.receive();
        if (moved && *moved)
            stage.run(sync.second);
        ::_exit(1);
    }
    const auto& record = stage.plan.record;
    auto attached = attachToScope(systemdSocket(), { record.systemdScope, stage.plan.subCgroup }, made->pid);
    if (attached)
        attached = sync.first.send(SyncMessage::of(SyncKind::GoOn));
    if (attached)
        return made;
    endChild(made->pidfd);
    return std::move(attached).error();
}

/// Born in the cgroup where that is allowed, else moved there by systemd.
Result<ClonedProcess> makeStage(const Stage& stage, const UniqueFd& cgroup, std::pair<SyncChannel, SyncChannel>& sync)
{
    const bool entersTime = (namespacesOf(stage.plan) & CLONE_NEWTIME) != 0; // not while memory is shared
    auto made = entersTime ? copyForStage(stage, cgroup, sync) : runStageSharing(stage, cgroup, sync.second);
    const bool isForeign = !made && made.error().sysErrno == EACCES && !stage.plan.record.systemdScope.empty();
    return isForeign ? letSystemdMove(stage, sync) : std::move(made);
}

} // namespace

Result<LaunchedProcess> launchExec(Syscalls& calls, const ExecPlan& plan, const WarningSink& onWarning)
{
    auto container = watchProcess(plan.record);
    if (!container)
        return std::move(container).error();
    auto pair = SyncChannel::makePair();
    if (!pair)
        return std::move(pair).error();
    auto cgroup = openCgroup(plan);
    if (!cgroup)
        return std::move(cgroup).error();
    if (auto applied = applyAffinity(affinityOf(plan).initial); !applied)
        return std::move(applied).error();
    auto stage = makeStage({ calls, plan, *container }, *cgroup, *pair);
    if (!stage)
        return std::move(stage).error();
    pair->second.close();
    LaunchedProcess process;
    process.sync = std::move(pair->first);
    auto done = awaitStage(process, stage->pidfd);
    if (done)
        done = awaitReady(process, onWarning);
    if (done)
        return process;
    endChild(process.pidfd);
    return std::move(done).error();
}

} // namespace twinhull::runtime
