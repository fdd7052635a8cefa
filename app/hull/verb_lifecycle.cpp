// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"
#include "app/hull/verbs.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/process/start_gate.h"
#include "core/runtime/state/container.h"

namespace twinhull::hull {

namespace {

using namespace runtime;
using oci::ContainerStatus;

struct OpenContainer {
    StateFolder folder;
    oci::ContainerRecord record;
    ContainerStatus status;
};

Result<OpenContainer> openContainer(const Globals& globals, const std::string& id)
{
    auto folder = StateStore(globals.root).open(id);
    if (!folder)
        return std::move(folder).error();
    auto record = folder->readRecord();
    if (!record)
        return std::move(record).error();
    const auto status = statusOf(*folder, *record);
    return OpenContainer{ *std::move(folder), *std::move(record), status };
}

Error wrongStatus(const OpenContainer& container, const char* what, const std::string& hint)
{
    return Error{ ErrorCode::InvalidArgument,
        "cannot " + std::string(what) + " " + container.record.id + ": it is " + std::string(nameOf(container.status)),
        0, hint };
}

void runPoststartHooks(const OpenContainer& container)
{
    if (!container.record.hasPoststart)
        return;
    auto spec = container.folder.readConfig();
    if (!spec)
        return warn(("poststart hooks are not run: " + spec.error().message).c_str());
    runHooksToTheLast("poststart", spec->hooks.poststart, { container.record, ContainerStatus::Running }, warn);
}

} // namespace

Result<int> startVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, {}, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    auto id = onlyOperand(arguments->operands(), "the container's id");
    if (!id)
        return std::move(id).error();
    auto container = openContainer(globals, *id);
    if (!container)
        return std::move(container).error();
    if (container->status != ContainerStatus::Created)
        return wrongStatus(*container, "start", "Only a created container can be started, and once");
    auto executed = openGate(container->folder.fd());
    removeGate(container->folder.fd());
    if (!executed)
        return std::move(executed).error();
    writeMark(globals, "exec", *executed);
    runPoststartHooks(*container);
    return 0;
}

Result<int> killVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, { { "all", 'a', Takes::Nothing } }, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    const auto& operands = arguments->operands();
    if (operands.empty() || operands.size() > 2)
        return Error{ ErrorCode::InvalidArgument, "kill needs a container's id and at most one signal", 0,
            "For example: hull kill web TERM" };
    auto signal = parseSignal(operands.size() == 2 ? operands[1] : "TERM");
    if (!signal)
        return std::move(signal).error();
    auto container = openContainer(globals, operands[0]);
    if (!container)
        return std::move(container).error();
    if (container->status == ContainerStatus::Stopped)
        return wrongStatus(*container, "send a signal to", "Remove it: hull delete " + operands[0]);
    auto pidfd = watchProcess(container->record);
    if (!pidfd)
        return std::move(pidfd).error();
    auto sent = sendSignal(*pidfd, *signal);
    return sent ? Result<int>(0) : std::move(sent).error();
}

Result<int> deleteVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, { { "force", 'f', Takes::Nothing } }, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    auto id = onlyOperand(arguments->operands(), "the container's id");
    if (!id)
        return std::move(id).error();
    auto folder = StateStore(globals.root).open(*id);
    const bool isForced = arguments->has("force");
    if (!folder && isForced && folder.error().code == ErrorCode::NotFound)
        return 0; // what is asked for is the case
    if (!folder)
        return std::move(folder).error();
    auto deleted = deleteContainer(*folder, isForced ? Force::Yes : Force::No, warn);
    return deleted ? Result<int>(0) : std::move(deleted).error();
}

} // namespace twinhull::hull
