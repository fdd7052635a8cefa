// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/attached.h"
#include "app/hull/criu_arguments.h"
#include "app/hull/verbs.h"
#include "core/runtime/checkpoint/restore.h"
#include "core/runtime/process/hooks.h"

#include <optional>

namespace twinhull::hull {

namespace {

using namespace runtime;

constexpr std::array<Option, 11> kOwn{ {
    { "bundle", 'b', Takes::Value },
    { "config", 'f', Takes::Value },
    { "pid-file", 0, Takes::Value },
    { "console-socket", 0, Takes::Value },
    { "lsm-profile", 0, Takes::Value },
    { "lsm-mount-context", 0, Takes::Value },
    { "detach", 'd', Takes::Nothing },
    { "keep", 0, Takes::Nothing },
    { "no-pivot", 0, Takes::Nothing },
    { "no-subreaper", 0, Takes::Nothing },
    { "no-new-keyring", 0, Takes::Nothing },
} };
constexpr auto kOptions = withCriuOptions(kOwn);

Result<RestoreRequest> requestOf(const Globals& globals, const Arguments& arguments)
{
    auto id = onlyOperand(arguments.operands(), "the container's id");
    auto choice = criuChoiceOf(globals, arguments);
    if (!id || !choice)
        return !id ? std::move(id).error() : std::move(choice).error();
    if (arguments.has("no-pivot")) // as with `run`
        warn("--no-pivot is left out: the container's root is entered by pivot_root in any case");
    RestoreRequest request{ {}, *std::move(choice) };
    request.choice.options.lsmProfile = arguments.value("lsm-profile");
    request.choice.options.lsmMountContext = arguments.value("lsm-mount-context");
    auto& make = request.make;
    make.id = *std::move(id);
    make.bundle = arguments.has("bundle") ? arguments.value("bundle") : ".";
    make.config = arguments.has("config") ? arguments.value("config") : "config.json";
    make.stateRoot = globals.root;
    make.pidFile = arguments.value("pid-file");
    make.consoleSocket = arguments.value("console-socket");
    make.mode = arguments.has("detach") ? StartMode::RunDetached : StartMode::RunAttached;
    make.keyring = arguments.has("no-new-keyring") ? Keyring::Callers : Keyring::Own;
    make.cgroups = globals.cgroups;
    make.onWarning = warn;
    return request;
}

} // namespace

Result<int> restoreVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, kOptions, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    auto request = requestOf(globals, *arguments);
    if (!request)
        return std::move(request).error();
    const std::string id = request->make.id;
    std::optional<Foreground> foreground;
    if (request->make.mode == StartMode::RunAttached)
        foreground.emplace(); // before the container: no signal is lost
    auto made = restoreContainer(kernelSyscalls(), *std::move(request));
    if (!made)
        return std::move(made).error().withContext("restore " + id);
    if (auto ran = runHooks("poststart", made->poststart, { made->record, oci::ContainerStatus::Running }); !ran) {
        discard(*made, warn);
        return std::move(ran).error();
    }
    if (!foreground)
        return 0;
    return attendToEnd(*foreground, *made, arguments->has("keep") ? AtEnd::Keep : AtEnd::Delete);
}

} // namespace twinhull::hull
