// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/container_making.h"

#include "core/base/files.h"
#include "core/runtime/cgroups/systemd/systemd_scope.h"
#include "core/runtime/namespaces/user_namespace.h"
#include "core/runtime/process/bundle.h"
#include "core/runtime/process/cgroup_placing.h"
#include "core/runtime/process/console.h"
#include "core/runtime/process/container_launch.h"
#include "core/runtime/process/environment.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/process/seccomp_agent.h"
#include "core/runtime/process/start_gate.h"
#include "core/runtime/seccomp/filter_cache.h"
#include "core/runtime/state/container.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace twinhull::runtime {

namespace {

Result<> checkRequest(const Bundle& bundle, const MakeRequest& request)
{
    auto checked = checkBundle(bundle, request.onWarning);
    return checked ? checkTerminal(*bundle.spec.process, request) : checked;
}

bool isGroupChangeForbidden(const oci::RuntimeSpec& spec, const NamespacePlan& namespaces)
{
    const auto& mappings = spec.linux_.gidMappings; // user_namespaces(7): "deny" goes with the single own id
    return namespaces.makes(oci::NamespaceKind::User) && ::geteuid() != 0 && mappings.size() == 1
        && mappings[0].size == 1;
}

Result<InitPlan> planInit(Syscalls& calls, const Bundle& bundle, const MakeRequest& request)
{
    auto namespaces = planNamespaces(bundle.spec.linux_.namespaces);
    if (!namespaces)
        return std::move(namespaces).error();
    if (auto planned = planParentUsers(bundle.spec.annotations, *namespaces); !planned)
        return std::move(planned).error();
    if (auto checked = checkNetDevices(bundle.spec.linux_.netDevices, *namespaces); !checked)
        return std::move(checked).error();
    auto root = planRootFilesystem(bundle.spec, bundle.path);
    if (!root)
        return std::move(root).error();
    const bool hasOwnUsers = namespaces->hasOwn(oci::NamespaceKind::User);
    const bool isInCallers = !isInFirstUserNamespace();
    root->isInUserNamespace = hasOwnUsers || isInCallers;
    const bool mayNotSetGroups = isGroupChangeForbidden(bundle.spec, *namespaces) || keepsGroups(bundle.spec)
        || (isInCallers && isGroupChangeDenied());
    Entrypoint entrypoint{ *bundle.spec.process, {}, request.preserveFds, mayNotSetGroups,
        bundle.spec.hooks.startContainer, {}, readInherited(), ExecutionDomain::of(bundle.spec.linux_),
        WorkingFolder::Make, request.activation };
    if (keepsGroups(bundle.spec))
        entrypoint.process.user.additionalGids.clear();
    if (hasOwnUsers)
        entrypoint.inherited.bounding = kAllCapabilities;
    if (bundle.spec.linux_.seccomp) {
        auto filter = FilterCache(request.filterCache).filterFor(*bundle.spec.linux_.seccomp);
        if (!filter)
            return std::move(filter).error();
        entrypoint.filter = *std::move(filter);
    }
    auto mapped = makeMappedMounts(calls, bundle.spec, bundle.path);
    if (!mapped)
        return std::move(mapped).error();
    return InitPlan{ bundle.spec, bundle.path, *std::move(root), *std::move(namespaces), std::move(entrypoint), {},
        *std::move(mapped) };
}

/// Whether nothing of ours comes between Ready and the entrypoint. It spares the new process a wait for this one.
Proceeding proceedingOf(const oci::Hooks& hooks, const MakeRequest& request)
{
    const bool hasWork = !hooks.prestart.empty() || !hooks.createRuntime.empty() || !request.pidFile.empty()
        || !request.consoleSocket.empty();
    return request.mode == StartMode::WaitForStart || hasWork ? Proceeding::WhenTold : Proceeding::Unasked;
}

/// Only a `hull start` that fails reads it.
void noteNetDevices(const LaunchedProcess& process, const StateFolder& folder, oci::ContainerRecord& record,
    const WarningSink& onWarning)
{
    record.netDevices = process.netDevices.devices();
    if (auto written = folder.writeRecord(record); !written)
        onWarning(("the network devices will not come back: " + written.error().message).c_str());
}

Result<LaunchedProcess> launch(Syscalls& calls, const Bundle& bundle, const MakeRequest& request, const InitPlan& plan,
    const StateFolder& folder, oci::ContainerRecord& record)
{
    const CgroupPlacing placing(request.id, bundle.spec.linux_, request.cgroups, request.onWarning);
    auto cgroup = placing.make(folder.fd(), record);
    if (!cgroup)
        return std::move(cgroup).error();
    LaunchOptions options{ -1, {}, {}, request.onWarning, proceedingOf(bundle.spec.hooks, request), {} };
    if (placing.isSystemds())
        options.place = [&](pid_t pid) { return placing.placeInScope(folder.fd(), record, pid); };
    if (*cgroup)
        options.cgroup = (*cgroup)->folder.fd();
    options.onPid = [&](pid_t pid) {
        record.pid = pid;
        record.pidStartTicks = startTicksOf(pid);
        return folder.writeRecord(record);
    };
    options.onRootServer = [&](const RootServer& server) {
        record.rootServerPid = server.pid;
        record.rootServerStartTicks = startTicksOf(server.pid);
        return folder.writeRecord(record);
    };
    options.onPrepared = [&](pid_t) { return runRuntimeHooks(bundle.spec.hooks, record); };
    auto process = launchContainer(calls, plan, options);
    if (process && !process->netDevices.devices().empty())
        noteNetDevices(*process, folder, record, request.onWarning);
    if (!process && *cgroup)
        (void)removeCgroup(record.cgroup); // the first error is the one to tell
    if (!process && !record.systemdScope.empty())
        (void)removeScope(systemdSocket(), record.systemdScope, record.cgroup); // as above
    return process;
}

bool hasVariable(const std::vector<std::string>& environment, std::string_view prefix)
{
    return std::any_of(environment.begin(), environment.end(),
        [&](const std::string& entry) { return entry.compare(0, prefix.size(), prefix) == 0; });
}

/// What is made in it has the label, too.
Result<> labelFolder(Syscalls& calls, const std::string& path, const std::string& label)
{
    if (label.empty())
        return {};
    auto folder = openPath(path, O_RDONLY | O_DIRECTORY);
    return folder ? calls.labelFile(folder->fd(), label) : std::move(folder).error();
}

/// The socket of the program's notices, by a mount that root clones: a container's root may not reach the host's state
/// folder, an ordinary user's can. Where config.json names a socket it is somebody else's business.
Result<> offerNotice(Syscalls& calls, Bundle& bundle, const MakeRequest& request, InitPlan& plan, MadeContainer& made)
{
    auto& environment = plan.entrypoint.process.env;
    if (request.readyListener.empty() || hasVariable(environment, "NOTIFY_SOCKET="))
        return {};
    if (auto folder = ReadyNotice::makeFolder(made.folder.fd()); !folder)
        return folder;
    auto source = absolutePath(request.stateRoot + "/" + request.id + "/" + ReadyNotice::kFolderName);
    if (!source)
        return std::move(source).error();
    if (auto labelled = labelFolder(calls, *source, bundle.spec.linux_.mountLabel); !labelled)
        return labelled;
    oci::Mount mount;
    mount.destination = ReadyNotice::kFolderInside;
    mount.type = "bind";
    mount.source = *source;
    mount.options = { "bind", "ro", "nosuid", "nodev", "noexec" };
    if (::geteuid() == 0) {
        auto clone = calls.cloneMount(AT_FDCWD, source->c_str(), 0);
        if (!clone)
            return std::move(clone).error();
        plan.mappedMounts.emplace(bundle.spec.mounts.size(), *std::move(clone));
    }
    bundle.spec.mounts.push_back(std::move(mount));
    setVariable(environment, ReadyNotice::kVariable);
    if (request.mode == StartMode::WaitForStart)
        return {};
    auto bound = ReadyNotice::bind(made.folder.fd(), request.readyListener);
    if (!bound)
        return std::move(bound).error();
    made.ready.emplace(*std::move(bound));
    return {};
}

oci::SeccompAgent agentOf(const oci::RuntimeSpec& spec)
{
    return spec.linux_.seccomp ? spec.linux_.seccomp->agent : oci::SeccompAgent();
}

} // namespace

Result<> checkTerminal(const oci::Process& process, const MakeRequest& request)
{
    const bool needsSocket = process.terminal && request.mode != StartMode::RunAttached;
    if (needsSocket && request.consoleSocket.empty())
        return Error{ ErrorCode::InvalidArgument, "the container wants a terminal and nobody is there to take it", 0,
            "Give --console-socket, or set process.terminal to false" };
    if (!process.terminal && !request.consoleSocket.empty())
        return Error{ ErrorCode::InvalidArgument, "--console-socket is given, but the container has no terminal", 0,
            "Set process.terminal to true, or leave the option out" };
    return {};
}

Result<> handOver(const MakeRequest& request, LaunchedProcess& process)
{
    if (auto written = writePidFile(request.pidFile, process.pid); !written)
        return written;
    if (request.consoleSocket.empty())
        return {};
    auto sent = sendToConsoleSocket(request.consoleSocket, process.console);
    process.console.reset();
    return sent;
}

Result<> writePidFile(const std::string& path, pid_t pid)
{
    if (path.empty())
        return {};
    const std::string partial = path + ".partial";
    auto file = openPath(partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
    auto written = file ? writeAll(*file, std::to_string(pid)) : Result<>(std::move(file).error());
    if (written && ::rename(partial.c_str(), path.c_str()) != 0)
        written = Error::fromErrno(errno, "rename");
    return std::move(written).withContext("--pid-file " + path);
}

Result<MadeContainer> makeContainer(Syscalls& calls, const MakeRequest& request)
{
    auto bundle = readBundle(request.bundle, request.config);
    if (!bundle)
        return std::move(bundle).error();
    if (auto checked = checkRequest(*bundle, request); !checked)
        return std::move(checked).error();
    auto plan = planInit(calls, *bundle, request);
    if (!plan)
        return std::move(plan).error();
    auto folder = StateStore(request.stateRoot).create(request.id);
    if (!folder)
        return std::move(folder).error();
    MadeContainer made{ *std::move(folder), {}, newRecord(*bundle, request.id), bundle->spec.hooks.poststart,
        agentOf(bundle->spec), {} };
    plan->entrypoint.record = made.record;
    plan->keyring = request.keyring;
    auto done = made.folder.writeConfig(bundle->configText);
    if (done)
        done = offerNotice(calls, *bundle, request, *plan, made);
    if (done && request.mode == StartMode::WaitForStart) {
        auto gate = makeGate(made.folder.fd());
        if (gate)
            plan->gate = *std::move(gate);
        else
            done = std::move(gate).error();
    }
    auto process = done ? launch(calls, *bundle, request, *plan, made.folder, made.record)
                        : Result<LaunchedProcess>(std::move(done).error());
    if (!process) {
        (void)deleteContainer(made.folder, Force::Yes, request.onWarning); // the first error is the one to tell
        return std::move(process).error();
    }
    made.process = *std::move(process);
    if (auto handed = handOver(request, made.process); !handed) {
        discard(made, request.onWarning);
        return std::move(handed).error();
    }
    return made;
}

Result<std::int64_t> proceed(const MadeContainer& made, StartMode mode)
{
    if (!made.process.hasProceeded) {
        if (auto told = tellChild(made.process, SyncKind::Proceed); !told)
            return std::move(told).error();
    }
    if (mode != StartMode::WaitForStart)
        return awaitExec(made.process.sync, [&](const UniqueFd& listener) {
            return tellSeccompAgent(
                made.agent, { made.record, oci::ContainerStatus::Created }, made.process.pid, listener);
        });
    // end of file: it has let go of us and waits at its gate, or it failed and says so
    auto received = made.process.sync.receive();
    if (!received)
        return std::move(received).error();
    return *received ? Result<std::int64_t>((*received)->message.toError()) : Result<std::int64_t>(0);
}

void discard(MadeContainer& made, const WarningSink& onWarning)
{
    endLaunched(made.process, onWarning);
    (void)deleteContainer(made.folder, Force::Yes, onWarning); // what stays is shown by `hull list`
}

} // namespace twinhull::runtime
