// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/runtime/state/container_processes.h"

#include <array>

namespace twinhull::hull {

namespace {

using namespace runtime;
using oci::ContainerStatus;

constexpr std::array<Option, 2> kKillOptions{ { { "all", 'a', Takes::Nothing }, { "regex", 'r', Takes::Nothing } } };
constexpr std::array<Option, 2> kDeleteOptions{ { { "force", 'f', Takes::Nothing },
    { "regex", 'r', Takes::Nothing } } };

enum class Reach { FirstProcess, All };

Result<> killOne(const Globals& globals, const std::string& id, int signal, Reach reach)
{
    auto container = openContainer(globals, id);
    if (!container)
        return std::move(container).error();
    const bool isStopped = container->status == ContainerStatus::Stopped;
    if (reach == Reach::All) // what a first process without a pid namespace of its own left behind is there still
        return isStopped && container->record.cgroup.empty() ? Result<>() : signalAll(container->record, signal);
    if (isStopped) // engines look for these words
        return Error{ ErrorCode::InvalidArgument, "cannot send a signal to " + id + ": container not running", 0,
            "Remove it: hull delete " + id };
    auto pidfd = watchProcess(container->record);
    return pidfd ? sendSignal(*pidfd, signal) : Result<>(std::move(pidfd).error());
}

Result<> deleteOne(const Globals& globals, const std::string& id, Force force)
{
    auto folder = StateStore(globals.root).open(id);
    if (!folder && force == Force::Yes && folder.error().code == ErrorCode::NotFound)
        return {}; // what is asked for is the case
    return folder ? deleteContainer(*folder, force, warn) : Result<>(std::move(folder).error());
}

/// The ids that `word` stands for; goes on after a failure and returns the first.
template <typename Each>
Result<int> forAll(const Globals& globals, const Arguments& arguments, const std::string& word, Each each)
{
    auto ids = arguments.has("regex") ? idsMatching(globals, word) : Result(std::vector<std::string>{ word });
    if (!ids)
        return std::move(ids).error();
    Result<int> outcome = 0;
    for (const auto& id : *ids) {
        auto done = each(id);
        if (!done && outcome)
            outcome = std::move(done).error();
        else if (!done)
            warn(done.error().toLine().c_str());
    }
    return outcome;
}

} // namespace

Result<int> killVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, kKillOptions, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    const auto& operands = arguments->operands();
    if (operands.empty() || operands.size() > 2)
        return Error{ ErrorCode::InvalidArgument, "kill needs a container's id and at most one signal", 0,
            "For example: hull kill web TERM" };
    auto signal = parseSignal(operands.size() == 2 ? operands[1] : "TERM");
    if (!signal)
        return std::move(signal).error();
    const Reach reach = arguments->has("all") ? Reach::All : Reach::FirstProcess;
    return forAll(
        globals, *arguments, operands[0], [&](const std::string& id) { return killOne(globals, id, *signal, reach); });
}

Result<int> deleteVerb(const Globals& globals, const Words& words)
{
    auto arguments = Arguments::parse(words, kDeleteOptions, Operands::Mixed);
    if (!arguments)
        return std::move(arguments).error();
    auto id = onlyOperand(arguments->operands(), "the container's id");
    if (!id)
        return std::move(id).error();
    const Force force = arguments->has("force") ? Force::Yes : Force::No;
    return forAll(globals, *arguments, *id, [&](const std::string& each) { return deleteOne(globals, each, force); });
}

} // namespace twinhull::hull
