// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/container_lock.h"

#include "core/base/files.h"
#include "core/ipc/monitor_messages.h"

#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kVisitPatience = 10s; ///< of a start with one who looks into the files
constexpr auto kMonitorsEnd = 5s; ///< from the end of a container to its monitor's
constexpr std::chrono::milliseconds kLook = 200ms; ///< an end that nobody told of is seen then

struct LockWait {
    std::chrono::steady_clock::time_point deadline;
    const std::function<bool()>& isCancelled; ///< may be empty
};

Error isHeld()
{
    return Error{ ErrorCode::Busy, "it is running already, or being started, stopped or removed", EWOULDBLOCK,
        "Wait for that, or stop it first" };
}

Error areVisited()
{
    return Error{ ErrorCode::Busy, "its files are being copied or looked at", EWOULDBLOCK,
        "Wait for the end of that, or cancel it, and try again" };
}

Result<> tryLock(const UniqueFd& file, const std::string& path)
{
    if (::flock(file.fd(), LOCK_EX | LOCK_NB) == 0)
        return {};
    return errno == EWOULDBLOCK ? isHeld() : Error::fromErrno(errno, "lock " + path);
}

/// Tries again at each end of a holder and a few times a second, until the deadline.
Result<> awaitLock(const UniqueFd& file, const std::string& path, const LockWait& wait)
{
    const UniqueFd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    (void)::inotify_add_watch(events.fd(), path.c_str(), IN_CLOSE); // where it fails, it is looked at again and again
    for (;;) {
        auto locked = tryLock(file, path);
        const auto left
            = std::chrono::ceil<std::chrono::milliseconds>(wait.deadline - std::chrono::steady_clock::now());
        if (locked || locked.error().code != ErrorCode::Busy || left.count() <= 0)
            return locked;
        if (wait.isCancelled && wait.isCancelled())
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        pollfd waited{ events.fd(), POLLIN, 0 };
        // an end, early or late, leads to the next try; a descriptor that was passed on ends without an event
        (void)::poll(&waited, 1, static_cast<int>(std::min(left, kLook).count()));
        char buffer[4096];
        (void)!::read(events.fd(), buffer, sizeof buffer);
    }
}

Result<UniqueFd> lockFile(const std::string& path, const LockWait& wait)
{
    auto file = openPath(path, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!file)
        return file;
    auto locked = tryLock(*file, path);
    // closing an inotify descriptor takes 10 ms and more (it waits for every reader of the list of watches)
    const bool mayWait = wait.deadline > std::chrono::steady_clock::now();
    if (!locked && locked.error().code == ErrorCode::Busy && mayWait)
        locked = awaitLock(*file, path, wait);
    return locked ? std::move(file) : std::move(locked).error();
}

bool isVisited(const std::string& containerFolder)
{
    auto file = openPath(containerFolder + "/" + kVisitLockName, O_RDWR | O_NOFOLLOW);
    // shared: two that ask at once are not in each other's way
    return file && ::flock(file->fd(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

} // namespace

Result<UniqueFd> lockContainer(const std::string& containerFolder)
{
    auto locked = lockContainerWithin(containerFolder, 0ms);
    const bool isBusy = !locked && locked.error().code == ErrorCode::Busy;
    return isBusy && isVisited(containerFolder) ? lockContainerWithin(containerFolder, kVisitPatience)
                                                : std::move(locked);
}

Result<UniqueFd> lockContainerWithin(const std::string& containerFolder, std::chrono::milliseconds patience)
{
    auto locked
        = lockFile(containerFolder + "/" + kMonitorLockName, { std::chrono::steady_clock::now() + patience, {} });
    if (locked || locked.error().code != ErrorCode::Busy || !isVisited(containerFolder))
        return locked;
    return areVisited();
}

Result<ContainerVisit> lockForVisit(
    const std::string& containerFolder, const std::function<bool()>& isCancelled, std::chrono::milliseconds patience)
{
    const auto now = std::chrono::steady_clock::now();
    auto turn = lockFile(containerFolder + "/" + kVisitLockName, { now + patience, isCancelled });
    if (!turn)
        return turn.error().code == ErrorCode::Busy ? areVisited() : std::move(turn).error();
    auto container = lockFile(
        containerFolder + "/" + kMonitorLockName, { std::chrono::steady_clock::now() + kMonitorsEnd, isCancelled });
    if (!container)
        return std::move(container).error();
    if (exists(containerFolder + "/" + kRunRecordName)) // its monitor was killed: it may run still
        return Error{ ErrorCode::Busy, "its latest run has not been cleared up yet", 0, "Try again" };
    return ContainerVisit{ *std::move(turn), *std::move(container) };
}

} // namespace twinhull
