// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/root_server.h"

#include "core/base/files.h"
#include "core/runtime/mounts/fuse_root.h"
#include "core/runtime/namespaces/user_namespace.h"
#include "core/runtime/process/capabilities.h"
#include "core/runtime/process/descriptors.h"
#include "core/runtime/state/container.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr int kServerEndsWithinMilliseconds = 10'000;
constexpr std::size_t kServerSaidLimitBytes = 4096;

/// How it starts; its names for whiteouts are ".wh.NAME" then, which every file system takes and every kernel lets an
/// ordinary user make.
constexpr const char* kServerEnvironment[]
    = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "FUSE_OVERLAYFS_DISABLE_OVL_WHITEOUT=1" };

/// What files of all owners take: its input is a stranger's, and as root it would have all rights over the host.
Result<> keepRightsOverFiles()
{
    oci::CapabilitySets sets;
    for (auto* set : { &sets.bounding, &sets.effective, &sets.permitted })
        *set = { "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_MKNOD",
            "CAP_SETFCAP" };
    std::vector<std::string> missing; // what hull has not, it has not either
    const auto masks = resolveCapabilities(sets, missing);
    auto limited = limitBoundingSet(masks.bounding);
    return limited ? applyCapabilities(masks) : limited;
}

/// libfuse sets its handlers only where there is SIG_DFL. systemd's TERM for a whole unit must leave the container its
/// files while it stops.
void outliveRequestsToEnd()
{
    for (const int number : { SIGHUP, SIGINT, SIGTERM })
        (void)std::signal(number, SIG_IGN); // cannot fail for these
}

Result<> becomeRootServer(Syscalls& calls, const RootDevice& device, bool mayNotSetGroups)
{
    if (::setsid() < 0)
        return Error::fromErrno(errno, "start a session");
    if (device.users) {
        if (auto joined = calls.joinNamespaces(device.users.fd(), CLONE_NEWUSER); !joined)
            return joined;
        if (auto became = becomeRootOfUserNamespace(mayNotSetGroups); !became)
            return became;
    }
    if (::chdir("/") != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "confine it");
    return keepRightsOverFiles();
}

/// Behind those that it keeps.
int deviceInServer(const RootServerStart& start)
{
    return STDERR_FILENO + 1 + start.keptDescriptors;
}

/// Descriptors 0 to 2 and the device are its own, all others but those that it keeps closed.
Result<> layOutDescriptors(const UniqueFd& device, const UniqueFd& said, const RootServerStart& start)
{
    const int place = deviceInServer(start);
    const UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const UniqueFd high(::fcntl(device.fd(), F_DUPFD_CLOEXEC, place + 1)); // not overwritten below
    if (!nothing || !high || ::dup2(said.fd(), STDERR_FILENO) < 0 || ::dup2(nothing.fd(), STDIN_FILENO) < 0
        || ::dup2(nothing.fd(), STDOUT_FILENO) < 0 || ::dup2(high.fd(), place) < 0)
        return Error::fromErrno(errno, "lay out descriptors");
    return closeDescriptorsExcept({ place }, start.keptDescriptors);
}

[[noreturn]] void runRootServer(Syscalls& calls, std::vector<std::string> command, const RootDevice& device,
    const RootServerStart& start, UniqueFd said)
{
    std::vector<char*> words;
    for (auto& word : command)
        words.push_back(word.data());
    words.push_back(nullptr);
    std::vector<char*> environment;
    for (const char* entry : kServerEnvironment)
        environment.push_back(const_cast<char*>(entry)); // execve(2) does not write to it
    environment.push_back(nullptr);
    auto ready = becomeRootServer(calls, device, start.mayNotSetGroups);
    if (ready)
        ready = layOutDescriptors(device.device, said, start);
    if (ready) {
        outliveRequestsToEnd();
        ::execve(words[0], words.data(), environment.data());
        ready = Error::fromErrno(errno, command[0]);
    }
    const std::string& why = ready.error().message;
    (void)!::write(STDERR_FILENO, why.data(), why.size()); // else hull tells that it has ended
    ::_exit(127);
}

bool hasEnded(const UniqueFd& pidfd, int waitMilliseconds)
{
    pollfd wait{ pidfd.fd(), POLLIN, 0 };
    int found = ::poll(&wait, 1, waitMilliseconds);
    while (found < 0 && errno == EINTR)
        found = ::poll(&wait, 1, waitMilliseconds);
    return found != 0;
}

} // namespace

Result<RootServer> startRootServer(
    Syscalls& calls, const RootFilesystem& root, const RootDevice& device, const RootServerStart& start)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return Error::fromErrno(errno, "make a pipe");
    UniqueFd said(ends[0]);
    UniqueFd says(ends[1]);
    auto command = fuseRootCommand(root, deviceInServer(start));
    auto made = calls.cloneProcess({ 0, -1 });
    if (!made)
        return std::move(made).error().withContext("start fuse-overlayfs");
    if (made->pid == 0)
        runRootServer(calls, std::move(command), device, start, std::move(says));
    return RootServer{ made->pid, std::move(made->pidfd), std::move(said) };
}

Error explainedByRootServer(const RootServer& server, Error error)
{
    constexpr int kMomentMilliseconds = 1000; // it closes the device before it has ended
    const bool isCutOff
        = error.sysErrno == ENOTCONN || error.sysErrno == ECONNABORTED || error.sysErrno == ECONNREFUSED;
    if (!server.pidfd || !isCutOff || !hasEnded(server.pidfd, kMomentMilliseconds))
        return error;
    std::string said(kServerSaidLimitBytes, '\0');
    const ssize_t count = ::read(server.said.fd(), said.data(), said.size());
    said.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    while (!said.empty() && said.back() == '\n')
        said.pop_back();
    const std::string line = said.substr(said.rfind('\n') + 1);
    return Error{ ErrorCode::Unavailable, "fuse-overlayfs ended at once" + (line.empty() ? "" : ": " + line), 0,
        "Look whether it works: fuse-overlayfs --version" };
}

UniqueFd openRootServer(const oci::ContainerRecord& record)
{
    UniqueFd pidfd(
        record.rootServerPid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, record.rootServerPid, 0)) : -1);
    const bool isIt = pidfd && startTicksOf(record.rootServerPid) == record.rootServerStartTicks; // asked afterwards
    return isIt ? std::move(pidfd) : UniqueFd();
}

void awaitRootServer(const UniqueFd& pidfd)
{
    if (!pidfd || hasEnded(pidfd, kServerEndsWithinMilliseconds))
        return;
    (void)::syscall(SYS_pidfd_send_signal, pidfd.fd(), SIGKILL, nullptr, 0); // ESRCH: it ended by itself
    (void)hasEnded(pidfd, kServerEndsWithinMilliseconds);
}

} // namespace twinhull::runtime
