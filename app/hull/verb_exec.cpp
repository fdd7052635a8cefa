// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/exec_process.h"
#include "app/hull/exit_event.h"
#include "app/hull/open_container.h"
#include "app/hull/preserved_descriptors.h"
#include "app/hull/verbs.h"
#include "core/base/data_folders.h"
#include "core/runtime/namespaces/user_namespace.h"
#include "core/runtime/process/console.h"
#include "core/runtime/process/container_making.h"
#include "core/runtime/process/exec_session.h"
#include "core/runtime/process/foreground.h"
#include "core/runtime/process/seccomp_agent.h"
#include "core/runtime/process/security_labels.h"
#include "core/runtime/process/start_gate.h"
#include "core/runtime/seccomp/filter_cache.h"
#include "core/runtime/state/container.h"

#include <optional>

namespace twinhull::hull {

namespace {

using namespace runtime;

constexpr int kNotStarted = 255; ///< as crun and runc: 1 may be the program's own

struct Target {
    oci::ContainerRecord record;
    oci::RuntimeSpec spec;
};

Result<Target> openTarget(const Globals& globals, const Arguments& arguments)
{
    auto container = openContainer(globals, arguments.operands()[0]);
    if (!container)
        return std::move(container).error();
    const bool isPaused = container->status == oci::ContainerStatus::Paused;
    if (isPaused && !arguments.has("ignore-paused"))
        return wrongStatus(*container, "run a program in", "Let it go on first: hull resume " + container->record.id);
    if (container->status == oci::ContainerStatus::Stopped)
        return wrongStatus(*container, "run a program in", {});
    auto spec = container->folder.readConfig();
    return spec ? Result<Target>(Target{ std::move(container->record), *std::move(spec) }) : std::move(spec).error();
}

Result<Entrypoint> entrypointOf(
    const Arguments& arguments, const PreservedDescriptors& preserved, const oci::RuntimeSpec& spec)
{
    auto process = execProcessOf(arguments, spec);
    if (!process)
        return std::move(process).error();
    Entrypoint entrypoint{ *std::move(process), {}, preserved.count,
        mayNotSetGroups(spec.linux_) || keepsGroups(spec) || (!isInFirstUserNamespace() && isGroupChangeDenied()), {},
        {}, readInherited(), ExecutionDomain::of(spec.linux_), WorkingFolder::MustBeThere, preserved.activation };
    if (keepsGroups(spec))
        entrypoint.process.user.additionalGids.clear();
    for (const auto& entry : spec.linux_.namespaces) {
        if (entry.kind == oci::NamespaceKind::User)
            entrypoint.inherited.bounding = kAllCapabilities;
    }
    if (spec.linux_.seccomp) {
        auto filter = FilterCache(DataFolders::fromEnvironment().cache + "/seccomp").filterFor(*spec.linux_.seccomp);
        if (!filter)
            return std::move(filter).error();
        entrypoint.filter = *std::move(filter);
    }
    if (auto checked = checkLabels(entrypoint.process); !checked)
        return std::move(checked).error();
    return entrypoint;
}

Result<> handOver(const Arguments& arguments, LaunchedProcess& process)
{
    if (auto written = writePidFile(arguments.value("pid-file"), process.pid); !written)
        return written;
    if (!arguments.has("console-socket"))
        return {};
    auto sent = sendToConsoleSocket(arguments.value("console-socket"), process.console);
    process.console.reset();
    return sent;
}

Result<std::int64_t> letGo(const LaunchedProcess& process, const Target& target)
{
    if (auto told = tellChild(process, SyncKind::Proceed); !told)
        return std::move(told).error();
    return awaitExec(process.sync, [&](const UniqueFd& listener) {
        return tellSeccompAgent(
            target.spec.linux_.seccomp->agent, { target.record, oci::ContainerStatus::Running }, process.pid, listener);
    });
}

Result<> checkTerminal(const Arguments& arguments, const oci::Process& process)
{
    const bool hasSocket = arguments.has("console-socket");
    if (process.terminal && arguments.has("detach") && !hasSocket)
        return Error{ ErrorCode::InvalidArgument, "--tty with --detach needs --console-socket", 0, {} };
    if (!process.terminal && hasSocket)
        return Error{ ErrorCode::InvalidArgument, "--console-socket is given, but the program gets no terminal", 0,
            "Add --tty, or leave the option out" };
    return {};
}

Result<LaunchedProcess> launch(
    const Globals& globals, const Arguments& arguments, const PreservedDescriptors& preserved)
{
    auto target = openTarget(globals, arguments);
    if (!target)
        return std::move(target).error();
    auto entrypoint = entrypointOf(arguments, preserved, target->spec);
    if (!entrypoint)
        return std::move(entrypoint).error();
    if (auto checked = checkTerminal(arguments, entrypoint->process); !checked)
        return std::move(checked).error();
    auto process = launchExec(
        kernelSyscalls(), { target->spec, target->record, *std::move(entrypoint), arguments.value("cgroup") }, warn);
    if (!process)
        return process;
    auto done = handOver(arguments, *process);
    auto executed = done ? letGo(*process, *target) : Result<std::int64_t>(std::move(done).error());
    if (executed) {
        writeMark(globals, "exec", *executed);
        return process;
    }
    endChild(process->pidfd);
    return std::move(executed).error();
}

Result<int> execute(const Globals& globals, const Arguments& arguments)
{
    if (arguments.operands().empty())
        return onlyOperand({}, "the container's id").error();
    auto preserved = preservedDescriptors(arguments);
    if (!preserved)
        return std::move(preserved).error();
    std::optional<Foreground> foreground;
    if (!arguments.has("detach"))
        foreground.emplace();
    auto process = launch(globals, arguments, *preserved);
    if (!process)
        return std::move(process).error();
    return foreground ? foreground->attend(process->pidfd, process->console) : Result<int>(0);
}

int notStarted(const Error& error)
{
    tell(error);
    return kNotStarted;
}

} // namespace

Result<int> execVerb(const Globals& globals, const Words& words)
{
    const auto arguments = Arguments::parse(words, kExecOptions, Operands::EndOptions);
    if (!arguments)
        return notStarted(arguments.error());
    const auto end = ExitEvent::from(*arguments);
    if (!end)
        return notStarted(end.error());
    const auto executed = execute(globals, *arguments);
    const int status = executed ? *executed : notStarted(executed.error());
    end->note(status);
    return status;
}

} // namespace twinhull::hull
