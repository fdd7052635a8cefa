// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/base/data_folders.h"
#include "core/base/files.h"
#include "core/runtime/process/console.h"
#include "core/runtime/process/container_making.h"
#include "core/runtime/process/descriptors.h"
#include "core/runtime/process/exec_session.h"
#include "core/runtime/process/foreground.h"
#include "core/runtime/process/security_labels.h"
#include "core/runtime/process/start_gate.h"
#include "core/runtime/seccomp/filter_cache.h"
#include "core/runtime/state/container.h"

#include <charconv>
#include <array>
#include <optional>

namespace twinhull::hull {

namespace {

using namespace runtime;

constexpr std::array<Option, 9> kOptions{ {
    { "process", 'p', Takes::Value },
    { "user", 'u', Takes::Value },
    { "cwd", 0, Takes::Value },
    { "env", 'e', Takes::Value },
    { "tty", 't', Takes::Nothing },
    { "detach", 'd', Takes::Nothing },
    { "pid-file", 0, Takes::Value },
    { "console-socket", 0, Takes::Value },
    { "preserve-fds", 0, Takes::Value },
} };

/// The whole text is read: "1000x" is no user.
bool readId(std::string_view text, std::uint32_t& id)
{
    const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
    return !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size();
}

Result<> setUser(const std::string& text, oci::User& user)
{
    const auto colon = text.find(':');
    const std::string_view uid = std::string_view(text).substr(0, colon);
    const std::string_view gid = colon == std::string::npos ? "0" : std::string_view(text).substr(colon + 1);
    user.additionalGids.clear();
    if (readId(uid, user.uid) && readId(gid, user.gid))
        return {};
    return Error{ ErrorCode::InvalidArgument, "--user " + text + ": expected UID or UID:GID in numbers", 0, {} };
}

void setVariable(std::vector<std::string>& environment, const std::string& entry)
{
    const std::string name = entry.substr(0, entry.find('=') + 1);
    for (auto& old : environment) {
        if (!name.empty() && old.compare(0, name.size(), name) == 0) {
            old = entry;
            return;
        }
    }
    environment.push_back(entry);
}

/// The container's own process with what the command line says otherwise.
Result<oci::Process> processOf(const Arguments& arguments, const oci::RuntimeSpec& spec)
{
    const Words command(arguments.operands().begin() + 1, arguments.operands().end());
    if (arguments.has("process")) {
        auto text = readFile(arguments.value("process"), oci::kConfigLimitBytes);
        return text ? oci::decodeProcess(*text, arguments.value("process")) : std::move(text).error();
    }
    if (command.empty() || !spec.process)
        return Error{ ErrorCode::InvalidArgument, "missing: the program to run", 0,
            "For example: hull exec " + arguments.operands()[0] + " /bin/sh" };
    oci::Process process = *spec.process;
    process.args = command;
    process.terminal = arguments.has("tty");
    if (arguments.has("cwd"))
        process.cwd = arguments.value("cwd");
    if (process.cwd.empty() || process.cwd[0] != '/')
        return Error{ ErrorCode::InvalidArgument, "--cwd must be an absolute path", 0, {} };
    for (const auto& entry : arguments.values("env"))
        setVariable(process.env, entry);
    if (process.capabilities) // a program's own file capabilities must not meet an inheritable set (CVE-2022-29162)
        process.capabilities->inheritable = process.capabilities->ambient;
    auto changed = arguments.has("user") ? setUser(arguments.value("user"), process.user) : Result<>();
    return changed ? Result<oci::Process>(std::move(process)) : std::move(changed).error();
}

struct Target {
    oci::ContainerRecord record;
    oci::RuntimeSpec spec;
};

std::string nextStep(const OpenContainer& container)
{
    if (container.status == oci::ContainerStatus::Created)
        return "Start it first: hull start " + container.record.id;
    return container.status == oci::ContainerStatus::Paused ? "Let it go on first: hull resume " + container.record.id
                                                            : std::string();
}

Result<Target> openTarget(const Globals& globals, const std::string& id)
{
    auto container = openContainer(globals, id);
    if (!container)
        return std::move(container).error();
    if (container->status != oci::ContainerStatus::Running)
        return wrongStatus(*container, "run a program in", nextStep(*container));
    auto spec = container->folder.readConfig();
    return spec ? Result<Target>(Target{ std::move(container->record), *std::move(spec) }) : std::move(spec).error();
}

Result<Entrypoint> entrypointOf(const Arguments& arguments, const oci::RuntimeSpec& spec)
{
    auto process = processOf(arguments, spec);
    if (!process)
        return std::move(process).error();
    auto preserved = arguments.number("preserve-fds", 0);
    if (!preserved)
        return std::move(preserved).error();
    const auto& groups = spec.linux_.gidMappings;
    Entrypoint entrypoint{ *std::move(process), {}, *preserved, groups.size() == 1 && groups[0].size == 1, {}, {},
        readInherited(), ExecutionDomain::of(spec.linux_) };
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

Result<std::int64_t> letGo(const LaunchedProcess& process)
{
    auto told = tellChild(process, SyncKind::Proceed);
    return told ? awaitExec(process.sync) : std::move(told).error();
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

Result<LaunchedProcess> launch(const Globals& globals, const Arguments& arguments)
{
    auto target = openTarget(globals, arguments.operands()[0]);
    if (!target)
        return std::move(target).error();
    auto entrypoint = entrypointOf(arguments, target->spec);
    if (!entrypoint)
        return std::move(entrypoint).error();
    if (auto checked = checkTerminal(arguments, entrypoint->process); !checked)
        return std::move(checked).error();
    auto process = launchExec(kernelSyscalls(), { target->spec, target->record, *std::move(entrypoint) }, warn);
    if (!process)
        return process;
    auto done = handOver(arguments, *process);
    auto executed = done ? letGo(*process) : Result<std::int64_t>(std::move(done).error());
    if (executed) {
        writeMark(globals, "exec", *executed);
        return process;
    }
    endChild(process->pidfd);
    return std::move(executed).error();
}

} // namespace

Result<int> execVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, kOptions, Operands::EndOptions);
    if (!arguments)
        return std::move(arguments).error();
    if (arguments->operands().empty())
        return onlyOperand({}, "the container's id").error();
    auto preserved = arguments->number("preserve-fds", 0);
    if (!preserved)
        return std::move(preserved).error();
    if (auto open = requireDescriptors(*preserved); !open) // before hull opens any of its own
        return std::move(open).error();
    std::optional<Foreground> foreground;
    if (!arguments->has("detach"))
        foreground.emplace();
    auto process = launch(globals, *arguments);
    if (!process)
        return std::move(process).error();
    return foreground ? foreground->attend(process->pidfd, process->console) : Result<int>(0);
}

} // namespace twinhull::hull
