// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"
#include "app/hull/verbs.h"
#include "core/runtime/process/descriptors.h"
#include "core/runtime/process/foreground.h"
#include "core/runtime/process/start_gate.h"
#include "core/runtime/process/visit.h"

#include <array>

namespace twinhull::hull {

namespace {

using namespace runtime;

constexpr std::array<Option, 3> kVisitOptions{ {
    { "bundle", 'b', Takes::Value },
    { "preserve-fds", 0, Takes::Value },
    { "program-fd", 0, Takes::Value },
} };
constexpr int kNothingRan = 255; ///< as of `exec`

Result<Visit> visitOf(const Arguments& arguments)
{
    auto preserved = arguments.number("preserve-fds", 0);
    if (!preserved)
        return std::move(preserved).error();
    if (auto open = requireDescriptors(*preserved); !open)
        return std::move(open).error();
    if (arguments.operands().empty())
        return Error{ ErrorCode::InvalidArgument, "missing: the program to run", 0, {} };
    Visit visit{ arguments.has("bundle") ? arguments.value("bundle") : ".", arguments.operands(), *preserved };
    if (!arguments.has("program-fd"))
        return visit;
    auto program = arguments.number("program-fd", 0);
    if (!program)
        return std::move(program).error();
    if (*program < 3 || *program >= 3 + *preserved)
        return Error{ ErrorCode::InvalidArgument, "--program-fd " + std::to_string(*program) + ": is not passed on", 0,
            "Give one of those of --preserve-fds, which begin at 3" };
    visit.program = *program;
    return visit;
}

Result<int> visitBundle(const Words& words)
{
    auto arguments = Arguments::parse(words, kVisitOptions, Operands::EndOptions);
    if (!arguments)
        return std::move(arguments).error();
    auto visit = visitOf(*arguments);
    if (!visit)
        return std::move(visit).error();
    Foreground foreground;
    auto process = launchVisit(kernelSyscalls(), *visit, warn);
    if (!process)
        return std::move(process).error();
    auto executed = awaitExec(process->sync, {}); // there is no filter, so no listener of one
    if (executed) {
        auto status = foreground.attend(process->pidfd, process->console);
        awaitRootServer(process->rootServer.pidfd); // the next may use the same folders
        return status;
    }
    endChild(process->rootServer.pidfd); // first: the other may wait for its answer, and would not end
    endChild(process->pidfd);
    return std::move(executed).error();
}

} // namespace

Result<int> visitVerb(const Globals&, const Words& words)
{
    auto status = visitBundle(words);
    if (status)
        return status;
    tell(status.error());
    return kNothingRan;
}

} // namespace twinhull::hull
