// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/foreground_options.h"

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

Error noVmInForeground(const QString& name)
{
    return Error{ ErrorCode::Unsupported,
        "run --attach and -i are for containers, and " + name.toStdString() + " is a VM", 0,
        "Run it without them; then follow it: twinhullctl logs -f " + name.toStdString()
            + ", or work in it: twinhullctl exec -it " + name.toStdString() + " sh" };
}

/// podman's -a takes one, and would be given it here too.
bool isStreamWord(const QString& word)
{
    constexpr std::array kStreams{ "stdin", "stdout", "stderr" };
    return std::any_of(
        kStreams.begin(), kStreams.end(), [&word](const char* each) { return word == QLatin1String(each); });
}

} // namespace

void addForegroundOptions(CLI::App& verb, ForegroundOptions& options)
{
    auto* detached
        = verb.add_flag("-d,--detach", options.isDetached, "return once it runs (as without this, -a and -it)");
    verb.add_flag("-a,--attach", options.isAttached,
            "stay: show what a container writes, end as it ends; Ctrl-C stops it, a second one kills it")
        ->excludes(detached);
    addInteractiveOption(verb, options);
}

void addInteractiveOption(CLI::App& verb, ForegroundOptions& options)
{
    verb.add_flag("-i,--interactive", options.isInteractive,
        "stay, and pass standard input on to its end; with -t: run becomes the container's terminal; Ctrl-] leaves it");
}

Result<> checkForeground(const ForegroundOptions& options, const WorkloadPlan& plan, WorkloadKind kind)
{
    if (kind == WorkloadKind::Vm && (options.isAttached || options.isInteractive))
        return noVmInForeground(plan.name);
    const auto* image = std::get_if<ImageSource>(&plan.source);
    if (options.isAttached && image != nullptr && isStreamWord(image->reference))
        return Error{ ErrorCode::InvalidArgument, "--attach takes no " + image->reference.toStdString(), 0,
            "Leave the word away: what comes on both streams is shown, each on its own" };
    return {};
}

} // namespace twinhull
