// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/arguments.h"
#include "app/hull/verbs.h"
#include "core/runtime/process/protected_program.h"
#include "core/runtime/state/state_store.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <utility>

using namespace twinhull;
using namespace twinhull::hull;

#if defined(__SANITIZE_ADDRESS__)
// a container's first process ends by _exit or execve with everything still allocated: nothing there is a leak
extern "C" const char* __asan_default_options()
{
    return "detect_leaks=0";
}
#endif

namespace {

constexpr const char* kUsage = R"(hull: runs OCI bundles as containers

usage: hull [--root FOLDER] [--cgroup-manager cgroupfs|disabled] [--marks-fd N] VERB [OPTIONS] ID

  run     [--bundle FOLDER] [--detach] [--pid-file FILE] [--console-socket PATH] [--preserve-fds N] [--keep] ID
  create  [--bundle FOLDER] [--pid-file FILE] [--console-socket PATH] [--preserve-fds N] ID
  start   ID
  exec    [--process FILE] [--user UID[:GID]] [--cwd FOLDER] [--env KEY=VALUE]... [--tty] [--detach]
          [--pid-file FILE] [--console-socket PATH] [--preserve-fds N] ID [PROGRAM ARGUMENT...]
  kill    ID [SIGNAL]
  delete  [--force] ID
  state   ID
  list    [--format table|json] [--quiet]
  spec    [--bundle FOLDER] [--rootless]
  features
)";

using Verb = Result<int> (*)(const Globals&, const Words&);

enum class Meets { Container, Nothing }; ///< whether a process of hull enters a container's namespaces

struct NamedVerb {
    std::string_view name;
    Verb verb;
    Meets meets;
};

constexpr std::array<NamedVerb, 10> kVerbs{ {
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
} };

const std::vector<Option> kGlobalOptions{
    { "root", 0, Takes::Value },
    { "marks-fd", 0, Takes::Value },
    { "log", 0, Takes::Value },
    { "log-format", 0, Takes::Value },
    { "cgroup-manager", 0, Takes::Value },
    { "rootless", 0, Takes::Value },
    { "systemd-cgroup", 0, Takes::Nothing },
    { "debug", 0, Takes::Nothing },
    { "help", 'h', Takes::Nothing },
    { "version", 'v', Takes::Nothing },
};

int tell(const Error& error, const std::string& logFile)
{
    const std::string line = "hull: " + error.toLine() + "\n";
    (void)std::fputs(line.c_str(), stderr);
    const int log = logFile.empty() ? -1 : ::open(logFile.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log >= 0) {
        (void)!::write(log, line.data(), line.size()); // standard error has it already
        ::close(log);
    }
    return 1;
}

Result<runtime::CgroupUse> cgroupUseOf(const Arguments& arguments)
{
    const std::string manager = arguments.value("cgroup-manager");
    if (manager == "disabled")
        return runtime::CgroupUse::None;
    if (!manager.empty() && manager != "cgroupfs" && manager != "systemd")
        return Error{ ErrorCode::InvalidArgument, "unknown --cgroup-manager " + manager, 0,
            "Use cgroupfs (hull's own way), systemd or disabled" };
    if (arguments.has("systemd-cgroup") || manager == "systemd")
        warn("hull makes cgroups itself; systemd is not asked");
    return runtime::CgroupUse::Own;
}

Result<Globals> globalsOf(const Arguments& arguments)
{
    auto marks = arguments.number("marks-fd", -1);
    if (!marks)
        return std::move(marks).error();
    if (*marks >= 0 && ::fcntl(*marks, F_SETFD, FD_CLOEXEC) != 0)
        return Error{ ErrorCode::InvalidArgument, "--marks-fd " + arguments.value("marks-fd") + " is not open", 0, {} };
    auto cgroups = cgroupUseOf(arguments);
    if (!cgroups)
        return std::move(cgroups).error();
    const std::string root = arguments.value("root");
    return Globals{ root.empty() ? runtime::StateStore::defaultRoot() : root, *marks, *cgroups };
}

Result<int> runNamed(const Arguments& arguments, char** programArguments)
{
    const Words& words = arguments.operands();
    for (const auto& [name, verb, meets] : kVerbs) {
        if (name != words[0])
            continue;
        if (meets == Meets::Container) { // first of all: it may start this program again
            if (auto safe = runtime::protectProgram(programArguments); !safe)
                return std::move(safe).error();
        }
        auto globals = globalsOf(arguments);
        return globals ? verb(*globals, Words(words.begin() + 1, words.end())) : std::move(globals).error();
    }
    return Error{ ErrorCode::InvalidArgument, "unknown verb " + words[0], 0, "`hull --help` shows what there is" };
}

} // namespace

int main(int argc, char** argv)
{
    (void)::prctl(PR_SET_NAME, "hull"); // started by descriptor the name would be a number
    (void)::signal(SIGCHLD, SIG_DFL); // a caller that ignores it would have our children reaped before we ask (wait(2))
    auto arguments
        = Arguments::parse(Words(argv + (argc > 0 ? 1 : 0), argv + argc), kGlobalOptions, Operands::EndOptions);
    if (!arguments)
        return tell(arguments.error(), {});
    if (arguments->has("version"))
        return std::printf("hull version %s\nspec: 1.0.2\n", TWINHULL_VERSION) > 0 ? 0 : 1;
    if (arguments->has("help") || arguments->operands().empty())
        return std::fputs(kUsage, arguments->has("help") ? stdout : stderr) >= 0 && arguments->has("help") ? 0 : 1;
    auto status = runNamed(*arguments, argv);
    return status ? *status : tell(status.error(), arguments->value("log"));
}
