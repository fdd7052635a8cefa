// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/container_launch.h"

#include "core/base/files.h"
#include "core/runtime/namespaces/id_mapping.h"
#include "core/runtime/namespaces/namespace_refusal.h"
#include "core/runtime/namespaces/nested_mapping.h"
#include "core/runtime/namespaces/time_namespace.h"

#include <sched.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull::runtime {

namespace {

using oci::NamespaceKind;

constexpr std::size_t kMappingLimitBytes = 64U << 10U; // at most 340 lines

Result<> enterStage(Syscalls& calls, const InitPlan& plan)
{
    if (auto joined = joinAll(calls, plan.namespaces); !joined)
        return joined;
    return plan.namespaces.makes(NamespaceKind::Time) ? makeTimeNamespace(calls, plan.spec.linux_.timeOffsets)
                                                      : Result<>();
}

/// For a process that has entered the parent: config.json has the host's numbers, and so has this file, because
/// whoever reads that of his own namespace is told the ids of the one around it (user_namespaces(7)).
Result<IdMappings> withinParent(const char* file, const IdMappings& mappings)
{
    auto text = readFile(file, kMappingLimitBytes);
    return text ? mappingsWithin(parseMappingText(*text), mappings) : Result<IdMappings>(std::move(text).error());
}

/// Only a process of the parent may give a user namespace its ids.
Result<> mapInParent(const InitPlan& plan, pid_t pid)
{
    if (!plan.namespaces.parentUsers)
        return {};
    auto uids = withinParent("/proc/self/uid_map", plan.spec.linux_.uidMappings);
    auto gids = withinParent("/proc/self/gid_map", plan.spec.linux_.gidMappings);
    if (!uids || !gids)
        return (uids ? std::move(gids).error() : std::move(uids).error()).withContext("map ids");
    return writeIdMappings(pid, *uids, *gids).withContext("map ids");
}

enum class Placing { None, ByParent }; ///< whether hull moves the stage to its cgroup before it goes on

/// Waits until hull has moved this process.
Result<> awaitPlace(const SyncChannel& sync)
{
    auto told = sync.receive();
    if (!told || !*told)
        return Error{ ErrorCode::Cancelled, "hull ended before the container was made", 0, {} };
    return {};
}

/// Joins namespaces, then makes the container's process as a child of hull, not of itself.
[[noreturn]] void runStage(Syscalls& calls, const InitPlan& plan, Placing placing, SyncChannel sync)
{
    auto entered = placing == Placing::ByParent ? awaitPlace(sync) : Result<>();
    if (entered)
        entered = enterStage(calls, plan);
    const bool hasEntered = static_cast<bool>(entered);
    auto made = hasEntered ? calls.cloneProcess({ plan.namespaces.cloneFlags() | CLONE_PARENT, -1 })
                           : Result<ClonedProcess>(std::move(entered).error());
    if (made && made->pid == 0)
        runContainerInit(calls, plan, std::move(sync));
    if (hasEntered && !made)
        made = explainRefusedNamespaces(std::move(made).error(), plan.namespaces);
    if (auto mapped = made ? mapInParent(plan, made->pid) : Result<>(); !mapped) {
        endChild(made->pidfd);
        made = std::move(mapped).error();
    }
    (void)sync.send(made ? SyncMessage::of(SyncKind::StagePid, made->pid) : SyncMessage::failure(made.error()));
    ::_exit(0);
}

[[noreturn]] void runChild(Syscalls& calls, const InitPlan& plan, Placing placing, SyncChannel sync)
{
    if (plan.namespaces.needsStage() || placing == Placing::ByParent)
        runStage(calls, plan, placing, std::move(sync));
    runContainerInit(calls, plan, std::move(sync));
}

/// The stage is reaped when it fails.
Result<> placeStage(const LaunchOptions& options, const LaunchedProcess& process, const ClonedProcess& stage)
{
    auto placed = options.place(stage.pid);
    if (placed)
        placed = tellChild(process, SyncKind::GoOn);
    if (!placed)
        endChild(stage.pidfd);
    return placed;
}

Result<> makeProcess(Syscalls& calls, const InitPlan& plan, const LaunchOptions& options, LaunchedProcess& process)
{
    auto pair = SyncChannel::makePair();
    if (!pair)
        return std::move(pair).error();
    process.sync = std::move(pair->first);
    const auto placing = options.place ? Placing::ByParent : Placing::None;
    const bool needsStage = plan.namespaces.needsStage() || placing == Placing::ByParent;
    const auto flags = needsStage ? plan.namespaces.stageFlags() : plan.namespaces.cloneFlags();
    auto made = calls.cloneProcess({ flags, options.cgroup });
    if (!made)
        return explainRefusedNamespaces(std::move(made).error(), plan.namespaces);
    if (made->pid == 0) {
        process.sync.close(); // who waits for hull hears that it has ended
        runChild(calls, plan, placing, std::move(pair->second));
    }
    pair->second.close();
    if (placing == Placing::ByParent) {
        if (auto placed = placeStage(options, process, *made); !placed)
            return placed;
    }
    if (needsStage)
        return awaitStage(process, made->pidfd);
    process.pid = made->pid;
    process.pidfd = std::move(made->pidfd);
    return {};
}

Result<> setOomScore(const InitPlan& plan, pid_t pid, const WarningSink& onWarning)
{
    const auto& score = plan.entrypoint.process.oomScoreAdj;
    if (!score)
        return {};
    auto file = openPath("/proc/" + std::to_string(pid) + "/oom_score_adj", O_WRONLY);
    auto written = file ? writeAll(*file, std::to_string(*score)) : Result<>(std::move(file).error());
    if (written || written.error().sysErrno != EACCES)
        return std::move(written).withContext("set oom_score_adj");
    onWarning("process.oomScoreAdj is below that of this session and left as it is");
    return {};
}

/// What only the outside may do for the process. A user namespace waits for it.
Result<> equip(Syscalls& calls, const InitPlan& plan, LaunchedProcess& process, const WarningSink& onWarning)
{
    const auto& linux_ = plan.spec.linux_;
    if (plan.namespaces.makes(NamespaceKind::User) && !plan.namespaces.parentUsers) {
        if (auto mapped = writeIdMappings(process.pid, linux_.uidMappings, linux_.gidMappings); !mapped)
            return std::move(mapped).withContext("map ids");
    }
    if (auto scored = setOomScore(plan, process.pid, onWarning); !scored)
        return scored;
    if (auto given = process.netDevices.give(calls, linux_.netDevices, process.pid); !given)
        return given;
    return plan.isEquippedFromOutside() ? tellChild(process, SyncKind::Equipped) : Result<>();
}

Result<> serveRoot(Syscalls& calls, const InitPlan& plan, const LaunchOptions& options, const RootDevice& device,
    LaunchedProcess& process)
{
    auto server
        = startRootServer(calls, plan.root, device, { plan.entrypoint.mayNotSetGroups, options.keptByRootServer });
    if (!server)
        return std::move(server).error();
    process.rootServer = *std::move(server);
    return options.onRootServer ? options.onRootServer(process.rootServer) : Result<>();
}

} // namespace

Result<LaunchedProcess> launchContainer(Syscalls& calls, const InitPlan& plan, const LaunchOptions& options)
{
    LaunchedProcess process;
    auto done = makeProcess(calls, plan, options, process);
    if (done)
        done = options.onPid(process.pid);
    if (done)
        done = equip(calls, plan, process, options.onWarning);
    const auto proceedUnasked = [&] {
        process.hasProceeded = true;
        return tellChild(process, SyncKind::Proceed);
    };
    const bool isUnasked = options.proceeding == Proceeding::Unasked;
    const bool stopsForRoot = !plan.root.fuseProgram.empty(); // nothing must come before the answer to that
    if (done && isUnasked && !stopsForRoot)
        done = proceedUnasked();
    if (done)
        done = awaitReady(process, options.onWarning,
            { [&] { return options.onPrepared(process.pid); },
                [&](const RootDevice& device) { return serveRoot(calls, plan, options, device, process); } });
    if (done && isUnasked && stopsForRoot)
        done = proceedUnasked();
    if (done)
        return process;
    Error error = explainedByRootServer(process.rootServer, std::move(done).error());
    endLaunched(process, options.onWarning);
    return error;
}

void endLaunched(LaunchedProcess& process, const WarningSink& onWarning)
{
    endChild(process.rootServer.pidfd); // first: the other may wait for its answer, and would not end
    endChild(process.pidfd);
    if (auto back = process.netDevices.takeBack(); !back)
        onWarning(back.error().message.c_str());
}

} // namespace twinhull::runtime
