// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"
#include "app/hull/attached.h"
#include "app/hull/preserved_descriptors.h"
#include "app/hull/verbs.h"
#include "core/base/data_folders.h"
#include "core/runtime/process/container_making.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/state/container.h"

#include <array>
#include <optional>

namespace twinhull::hull {

namespace {

using namespace runtime;

constexpr std::array<Option, 10> kOptions{ {
    { "bundle", 'b', Takes::Value },
    { "config", 'f', Takes::Value },
    { "no-pivot", 0, Takes::Nothing },
    { "pid-file", 0, Takes::Value },
    { "console-socket", 0, Takes::Value },
    { "preserve-fds", 0, Takes::Value },
    { "detach", 'd', Takes::Nothing },
    { "keep", 0, Takes::Nothing },
    { "no-new-keyring", 0, Takes::Nothing },
    { "no-subreaper", 0, Takes::Nothing },
} };

Result<MakeRequest> requestOf(const Globals& globals, const Arguments& arguments, StartMode mode)
{
    auto id = onlyOperand(arguments.operands(), "the container's id");
    auto preserved = preservedDescriptors(arguments);
    if (!id || !preserved)
        return !id ? std::move(id).error() : std::move(preserved).error();
    if (arguments.has("no-pivot")) // what it is for, a root on a ramdisk, is told by the error where it fails
        warn("--no-pivot is left out: the container's root is entered by pivot_root in any case");
    MakeRequest request;
    request.id = *std::move(id);
    request.bundle = arguments.has("bundle") ? arguments.value("bundle") : ".";
    request.config = arguments.has("config") ? arguments.value("config") : "config.json";
    request.stateRoot = globals.root;
    request.filterCache = DataFolders::fromEnvironment().cache + "/seccomp";
    request.pidFile = arguments.value("pid-file");
    request.consoleSocket = arguments.value("console-socket");
    request.preserveFds = preserved->count;
    request.activation = std::move(preserved->activation);
    request.readyListener = ReadyNotice::listener();
    request.mode = mode;
    request.keyring = arguments.has("no-new-keyring") ? Keyring::Callers : Keyring::Own;
    request.cgroups = globals.cgroups;
    request.onWarning = warn;
    return request;
}

Result<MadeContainer> make(const Globals& globals, const MakeRequest& request)
{
    auto made = makeContainer(kernelSyscalls(), request);
    if (!made)
        return made;
    writeMark(globals, "namespaces", made->process.namespacesAt);
    writeMark(globals, "mounts", made->process.mountsAt);
    auto executed = proceed(*made, request.mode);
    if (!executed) {
        discard(*made, warn);
        return std::move(executed).error();
    }
    if (request.mode == StartMode::WaitForStart)
        return made;
    writeMark(globals, "exec", *executed);
    if (auto ran = runHooks("poststart", made->poststart, { made->record, oci::ContainerStatus::Running }); !ran) {
        discard(*made, warn);
        return std::move(ran).error();
    }
    return made;
}

/// That nobody could be told is no reason to end what runs.
bool passNotice(const MadeContainer& made)
{
    auto isReady = made.ready->pass(made.process.pid);
    if (!isReady)
        warn(isReady.error().toLine().c_str());
    return isReady && !*isReady;
}

Watched noticesOf(const MadeContainer& made)
{
    if (!made.ready)
        return {};
    return { made.ready->fd().fd(), [&made] { return passNotice(made); } };
}

/// `run --detach` of a service returns when the service is ready.
Result<int> runDetached(const Globals& globals, const MakeRequest& request)
{
    auto made = make(globals, request);
    if (!made)
        return std::move(made).error();
    if (!made->ready)
        return 0;
    made->folder.unlock();
    if (auto told = made->ready->await(made->process.pidfd, made->process.pid); !told)
        warn(told.error().toLine().c_str());
    return 0;
}

Result<int> runAttached(const Globals& globals, const MakeRequest& request, AtEnd atEnd)
{
    Foreground foreground; // before the container: no signal is lost
    std::optional<MadeContainer> made;
    if (auto making = make(globals, request); making)
        made.emplace(*std::move(making));
    else
        return std::move(making).error();
    return attendToEnd(foreground, *made, atEnd, noticesOf(*made));
}

} // namespace

Result<int> createVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, kOptions, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    auto request = requestOf(globals, *arguments, StartMode::WaitForStart);
    if (!request)
        return std::move(request).error();
    auto made = make(globals, *request);
    return made ? Result<int>(0) : std::move(made).error();
}

Result<int> runVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, kOptions, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    const bool isDetached = arguments->has("detach");
    auto request = requestOf(globals, *arguments, isDetached ? StartMode::RunDetached : StartMode::RunAttached);
    if (!request)
        return std::move(request).error();
    if (!isDetached)
        return runAttached(globals, *request, arguments->has("keep") ? AtEnd::Keep : AtEnd::Delete);
    return runDetached(globals, *request);
}

} // namespace twinhull::hull
