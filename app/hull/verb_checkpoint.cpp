// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/criu_arguments.h"
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/base/text.h"
#include "core/runtime/checkpoint/checkpoint.h"

#include <fcntl.h>

namespace twinhull::hull {

namespace {

using namespace runtime;

constexpr std::array<Option, 7> kOwn{ {
    { "parent-path", 0, Takes::Value },
    { "page-server", 0, Takes::Value },
    { "status-fd", 0, Takes::Value },
    { "leave-running", 0, Takes::Nothing },
    { "pre-dump", 0, Takes::Nothing },
    { "link-remap", 0, Takes::Nothing },
    { "tcp-skip-in-flight", 0, Takes::Nothing },
} };
constexpr auto kOptions = withCriuOptions(kOwn);

/// "ADDRESS:PORT", "[::1]:PORT".
Result<PageServer> pageServerOf(const std::string& text)
{
    const auto colon = text.rfind(':');
    auto port = parsePort(colon == std::string::npos ? std::string_view() : std::string_view(text).substr(colon + 1));
    if (colon == std::string::npos || colon == 0 || !port)
        return Error{ ErrorCode::InvalidArgument, "--page-server " + text + ": expected ADDRESS:PORT", 0, {} };
    const bool isBracketed = text[0] == '[' && colon > 2 && text[colon - 1] == ']';
    return PageServer{ isBracketed ? text.substr(1, colon - 2) : text.substr(0, colon), *port };
}

Result<int> statusFdOf(const Arguments& arguments)
{
    auto fd = arguments.number("status-fd", -1);
    if (!fd || *fd < 0)
        return fd;
    if (!arguments.has("lazy-pages"))
        return Error{ ErrorCode::InvalidArgument, "--status-fd tells when pages can be fetched: it needs --lazy-pages",
            0, {} };
    const int flags = ::fcntl(*fd, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || ::fcntl(*fd, F_SETFD, FD_CLOEXEC) != 0)
        return Error{ ErrorCode::InvalidArgument,
            "--status-fd " + arguments.value("status-fd") + " is not open for writing", 0, {} };
    return fd;
}

Result<CriuChoice> choiceOf(const Globals& globals, const Arguments& arguments)
{
    auto choice = criuChoiceOf(globals, arguments);
    if (!choice)
        return choice;
    auto& options = choice->options;
    options.parentImages = arguments.value("parent-path");
    options.leavesRunning = arguments.has("leave-running");
    options.linksDeletedFiles = arguments.has("link-remap");
    options.skipsTcpInFlight = arguments.has("tcp-skip-in-flight");
    if (arguments.has("page-server")) {
        auto server = pageServerOf(arguments.value("page-server"));
        if (!server)
            return std::move(server).error();
        options.pageServer = *std::move(server);
    }
    return choice;
}

} // namespace

Result<int> checkpointVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, kOptions, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    auto id = onlyOperand(arguments->operands(), "the container's id");
    auto status = statusFdOf(*arguments); // before hull opens any of its own
    auto choice = choiceOf(globals, *arguments);
    if (!id || !status)
        return !id ? std::move(id).error() : std::move(status).error();
    if (!choice)
        return std::move(choice).error();
    auto container = openContainer(globals, *id);
    if (!container)
        return std::move(container).error();
    if (container->status != oci::ContainerStatus::Running && container->status != oci::ContainerStatus::Paused)
        return wrongStatus(*container, "checkpoint", "Only what runs can be saved");
    const auto dump = arguments->has("pre-dump") ? Dump::MemoryOnly : Dump::Whole;
    auto done = checkpointContainer(
        kernelSyscalls(), { container->folder, container->record, *std::move(choice), dump, *status });
    return done ? Result<int>(0) : std::move(done).error().withContext("checkpoint " + *id);
}

} // namespace twinhull::hull
