// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_program.h"

#include "core/base/files.h"
#include "core/oci/image_user.h"

#include <grp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sstream>

namespace twinhull {

namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr const char* kCgroup = "/sys/fs/cgroup/entrypoint";

std::string textOrNothing(const std::string& path)
{
    auto text = readFile(path);
    return text ? *text : std::string();
}

std::string variable(const std::vector<std::string>& environment, const std::string& name)
{
    for (auto entry = environment.rbegin(); entry != environment.rend(); ++entry) {
        if (entry->compare(0, name.size() + 1, name + "=") == 0)
            return entry->substr(name.size() + 1);
    }
    return {};
}

std::vector<std::string> completeEnvironment(const GuestSetup& setup, const ImageUser& user)
{
    std::vector<std::string> environment = setup.environment;
    const auto addMissing = [&environment](const std::string& name, const std::string& value) {
        if (variable(environment, name).empty())
            environment.push_back(name + "=" + value);
    };
    addMissing("PATH", kDefaultPath);
    addMissing("HOME", user.home.empty() ? "/" : user.home);
    addMissing("HOSTNAME", setup.hostName);
    return environment;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// The door of the entrypoint's cgroup, with its limit set; empty where no limit was asked for.
Result<UniqueFd> limitedCgroup(const GuestSetup& setup)
{
    if (!setup.pidsLimit)
        return UniqueFd();
    const auto write = [](const std::string& path, const std::string& text) -> Result<> {
        auto file = openPath(path, O_WRONLY);
        return file ? writeAll(*file, text) : Result<>(std::move(file).error());
    };
    if (auto enabled = write("/sys/fs/cgroup/cgroup.subtree_control", "+pids"); !enabled)
        return std::move(enabled).error();
    if (::mkdir(kCgroup, 0755) != 0 && errno != EEXIST)
        return Error::fromErrno(errno, "make the entrypoint's cgroup");
    if (auto set = write(std::string(kCgroup) + "/pids.max", std::to_string(*setup.pidsLimit)); !set)
        return std::move(set).error();
    return openPath(std::string(kCgroup) + "/cgroup.procs", O_WRONLY);
}

/// All that the child touches between fork and exec.
struct ExecPlan {
    const char* program;
    char** arguments;
    char** environment;
    const char* workingFolder;
    const ImageUser* user;
    ProgramStreams streams;
    int cgroup;
    int errorPipe;
};

[[noreturn]] void failChild(int errorPipe)
{
    const int number = errno;
    (void)!::write(errorPipe, &number, sizeof number); // the parent sees an early end of file otherwise
    ::_exit(127);
}

void becomeUser(const ExecPlan& plan)
{
    if (::setgroups(plan.user->additionalGids.size(), plan.user->additionalGids.data()) != 0
        || ::setgid(plan.user->gid) != 0 || ::setuid(plan.user->uid) != 0)
        failChild(plan.errorPipe);
}

void takeStreams(const ExecPlan& plan)
{
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const auto take = [nothing](int stream, int target) { return ::dup2(stream < 0 ? nothing : stream, target) >= 0; };
    if (nothing < 0 || !take(plan.streams.input, 0) || !take(plan.streams.output, 1)
        || !take(plan.streams.errorOutput, 2))
        failChild(plan.errorPipe);
    if (plan.streams.isTerminal && ::ioctl(0, TIOCSCTTY, 0) != 0)
        failChild(plan.errorPipe);
}

[[noreturn]] void execChild(const ExecPlan& plan)
{
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::setsid();
    takeStreams(plan);
    if (plan.cgroup >= 0 && ::write(plan.cgroup, "0", 1) != 1)
        failChild(plan.errorPipe);
    becomeUser(plan);
    if (::chdir(plan.workingFolder) != 0)
        failChild(plan.errorPipe);
    if (plan.streams.program >= 0)
        ::syscall(SYS_execveat, plan.streams.program, "", plan.arguments, plan.environment, AT_EMPTY_PATH);
    else
        ::execve(plan.program, plan.arguments, plan.environment);
    failChild(plan.errorPipe);
}

/// As container runtimes do: a program that opens /dev/stdout again, as many servers do for their logs, opens the pipe
/// by its owner's rights.
Result<> giveOutput(const ProgramStreams& streams, const ImageUser& user)
{
    for (const int stream : { streams.output, streams.errorOutput }) {
        struct stat info { };
        if (stream >= 0 && ::fstat(stream, &info) == 0 && S_ISFIFO(info.st_mode)
            && ::fchown(stream, user.uid, user.gid) != 0)
            return Error::fromErrno(errno, "give the program its output");
    }
    return {};
}

/// Waits until the child's exec closed the pipe or its errno came.
Result<pid_t> execOutcome(pid_t pid, const UniqueFd& readEnd, const std::string& program)
{
    int number = 0;
    ssize_t count = 0;
    do {
        count = ::read(readEnd.fd(), &number, sizeof number);
    } while (count < 0 && errno == EINTR);
    if (count == sizeof number)
        return Error::fromErrno(number, "run " + program);
    return pid;
}

Result<ImageUser> userOf(const GuestSetup& setup)
{
    return resolveUser(setup.user, textOrNothing("/etc/passwd"), textOrNothing("/etc/group"));
}

Result<pid_t> forkAndExec(ExecPlan plan, const std::string& program)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    const UniqueFd readEnd(ends[0]);
    UniqueFd writeEnd(ends[1]);
    plan.errorPipe = writeEnd.fd();
    const pid_t pid = ::fork();
    if (pid < 0)
        return Error::fromErrno(errno, "fork");
    if (pid == 0)
        execChild(plan);
    writeEnd.reset();
    return execOutcome(pid, readEnd, program);
}

} // namespace

Result<std::string> findProgram(const std::string& program, const std::string& pathVariable)
{
    if (program.find('/') != std::string::npos)
        return program;
    std::istringstream folders(pathVariable);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string candidate = (folder.empty() ? "." : folder) + "/" + program;
        if (::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    return Error{ ErrorCode::NotFound, "the image has no program \"" + program + "\"", 0, {} };
}

std::vector<std::string> mergedEnvironment(std::vector<std::string> environment, const std::vector<std::string>& over)
{
    for (const std::string& entry : over) {
        const std::string name = entry.substr(0, entry.find('=') + 1);
        std::erase_if(environment, [&name](const std::string& old) { return old.compare(0, name.size(), name) == 0; });
        environment.push_back(entry);
    }
    return environment;
}

Result<pid_t> startProgram(const GuestSetup& setup, const ProgramStreams& streams)
{
    const auto user = userOf(setup);
    if (!user)
        return Error(user.error());
    std::vector<std::string> environment = completeEnvironment(setup, *user);
    const auto program = streams.program >= 0 ? Result<std::string>(setup.arguments.front())
                                              : findProgram(setup.arguments.front(), variable(environment, "PATH"));
    if (!program)
        return Error(program.error());
    if (auto made = makeFolders(setup.workingFolder, 0755); !made)
        return std::move(made).error().withContext("working folder");
    auto cgroup = limitedCgroup(setup);
    if (!cgroup)
        return std::move(cgroup).error().withContext("limit processes");
    if (auto given = giveOutput(streams, *user); !given)
        return std::move(given).error();
    std::vector<std::string> arguments = setup.arguments;
    auto argumentPointers = pointersTo(arguments);
    auto environmentPointers = pointersTo(environment);
    return forkAndExec({ program->c_str(), argumentPointers.data(), environmentPointers.data(),
                           setup.workingFolder.c_str(), &*user, streams, cgroup->fd(), -1 },
        *program);
}

} // namespace twinhull
