// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"
#include "app/hull/usage.h"
#include "app/hull/verbs.h"
#include "core/oci/container_record.h"
#include "core/runtime/process/protected_program.h"

#include <sys/prctl.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <utility>

using namespace twinhull;
using namespace twinhull::hull;

#ifdef TWINHULL_SANITIZED
// a container's first process ends by _exit or execve with everything still allocated: nothing there is a leak
extern "C" const char* __asan_default_options()
{
    return "detect_leaks=0";
}
#endif

namespace {

using Verb = Result<int> (*)(const Globals&, const Words&);

enum class Meets { Container, Nothing }; ///< whether a process of hull enters a container's namespaces

struct NamedVerb {
    std::string_view name;
    Verb verb;
    Meets meets;
};

constexpr std::array<NamedVerb, 20> kVerbs{ {
    { "create", createVerb, Meets::Container },
    { "run", runVerb, Meets::Container },
    { "start", startVerb, Meets::Nothing },
    { "state", stateVerb, Meets::Nothing },
    { "kill", killVerb, Meets::Nothing },
    { "delete", deleteVerb, Meets::Nothing },
    { "exec", execVerb, Meets::Container },
    { "list", listVerb, Meets::Nothing },
    { "features", featuresVerb, Meets::Nothing },
    { "spec", specVerb, Meets::Nothing },
    { "pause", pauseVerb, Meets::Nothing },
    { "resume", resumeVerb, Meets::Nothing },
    { "ps", psVerb, Meets::Nothing },
    { "update", updateVerb, Meets::Nothing },
    { "mounts", mountsVerb, Meets::Container },
    { "visit", visitVerb, Meets::Container },
    { "checkpoint", checkpointVerb, Meets::Nothing },
    { "restore", restoreVerb, Meets::Nothing },
    { "events", eventsVerb, Meets::Nothing },
    { "stats", statsVerb, Meets::Nothing },
} };

bool asksForHelp(const Words& words)
{
    for (std::size_t at = 1; at < words.size() && words[at].rfind('-', 0) == 0; ++at) {
        for (const char* help : { "--help", "--usage", "-h", "-?" }) {
            if (words[at] == help)
                return true;
        }
    }
    return false;
}

Result<int> runNamed(const Arguments& arguments, char** programArguments)
{
    const Words& words = arguments.operands();
    for (const auto& [name, verb, meets] : kVerbs) {
        if (name != words[0])
            continue;
        if (asksForHelp(words))
            return std::fputs(kUsage, stdout) >= 0 ? 0 : 1;
        if (meets == Meets::Container) { // first of all: it may start this program again
            if (auto safe = runtime::protectProgram(programArguments); !safe)
                return std::move(safe).error();
        }
        auto globals = globalsOf(arguments);
        return globals ? verb(*globals, Words(words.begin() + 1, words.end())) : std::move(globals).error();
    }
    return Error{ ErrorCode::InvalidArgument, "unknown verb " + words[0], 0, "`hull --help` shows what there is" };
}

int failed(const Error& error)
{
    tell(error);
    return 1;
}

} // namespace

int main(int argc, char** argv)
{
    (void)::prctl(PR_SET_NAME, "hull"); // started by descriptor the name would be a number
    (void)::signal(SIGCHLD, SIG_DFL); // a caller that ignores it would have our children reaped before we ask (wait(2))
    auto arguments
        = Arguments::parse(Words(argv + (argc > 0 ? 1 : 0), argv + argc), kGlobalOptions, Operands::EndOptions);
    if (!arguments)
        return failed(arguments.error());
    if (arguments->has("version"))
        return std::printf("hull version %s\nspec: %s\n", TWINHULL_VERSION, oci::kSpecVersion) > 0 ? 0 : 1;
    const auto& words = arguments->operands();
    const bool asks = arguments->has("help") || arguments->has("usage") || (!words.empty() && words[0] == "help");
    if (asks || words.empty())
        return std::fputs(kUsage, asks ? stdout : stderr) >= 0 && asks ? 0 : 1;
    auto log = logChoiceOf(*arguments);
    if (!log)
        return failed(log.error());
    setLog(*std::move(log));
    debug("version " TWINHULL_VERSION ", verb " + arguments->operands()[0]);
    auto status = runNamed(*arguments, argv);
    if (!status)
        return failed(status.error());
    debug("exit status " + std::to_string(*status));
    return *status;
}
