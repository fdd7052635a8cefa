// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/container_lock.h"

#include "core/base/files.h"
#include "core/ipc/monitor_messages.h"

#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>
#include <optional>

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

/// Until the next end of a holder, which may come early or late: to be followed by a try. A descriptor that was passed
/// on ends without an event.
void awaitAnEnd(const UniqueFd& events, std::chrono::milliseconds atMost)
{
    pollfd waited{ events.fd(), POLLIN, 0 };
    (void)::poll(&waited, 1, static_cast<int>(std::min(atMost, kLook).count()));
    char buffer[4096];
    (void)!::read(events.fd(), buffer, sizeof buffer);
}

Error isCancelledError()
{
    return { ErrorCode::Cancelled, "cancelled", 0, {} };
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
            return isCancelledError();
        awaitAnEnd(events, left);
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

enum class Lacks { Nothing, Turn, Container };

/// Both or neither, and the turn last: who waits for a monitor's end must not look like one who visits. Looking whether
/// it is another's turn is shared, as in isVisited().
Result<Lacks> tryBoth(const ContainerVisit& visit)
{
    if (auto container = tryLock(visit.container, kMonitorLockName); !container) {
        if (container.error().code != ErrorCode::Busy)
            return std::move(container).error();
        if (::flock(visit.turn.fd(), LOCK_SH | LOCK_NB) != 0)
            return Lacks::Turn;
        (void)::flock(visit.turn.fd(), LOCK_UN);
        return Lacks::Container;
    }
    auto turn = tryLock(visit.turn, kVisitLockName);
    if (turn)
        return Lacks::Nothing;
    (void)::flock(visit.container.fd(), LOCK_UN);
    return turn.error().code == ErrorCode::Busy ? Result<Lacks>(Lacks::Turn) : std::move(turn).error();
}

/// The deadline is that of the turn; a monitor has kMonitorsEnd.
Result<Lacks> awaitBoth(const ContainerVisit& visit, const std::string& containerFolder, const LockWait& wait)
{
    const UniqueFd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    for (const char* name : { kVisitLockName, kMonitorLockName })
        (void)::inotify_add_watch(events.fd(), (containerFolder + "/" + name).c_str(), IN_CLOSE); // else by kLook
    bool isMonitorEnding = false;
    auto deadline = wait.deadline;
    for (;;) {
        auto lacks = tryBoth(visit);
        if (!lacks || *lacks == Lacks::Nothing)
            return lacks;
        const auto now = std::chrono::steady_clock::now();
        if (*lacks == Lacks::Turn)
            deadline = wait.deadline;
        else if (!isMonitorEnding)
            deadline = now + kMonitorsEnd;
        isMonitorEnding = *lacks != Lacks::Turn;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
        if (left.count() <= 0)
            return lacks;
        if (wait.isCancelled && wait.isCancelled())
            return isCancelledError();
        awaitAnEnd(events, left);
    }
}

} // namespace

Result<UniqueFd> lockContainer(const std::string& containerFolder)
{
    const auto isBusy
        = [](const Result<UniqueFd>& locked) { return !locked && locked.error().code == ErrorCode::Busy; };
    auto locked = lockContainerWithin(containerFolder, 0ms);
    if (isBusy(locked) && !isVisited(containerFolder)) // one who begins to visit has the other lock a moment later
        locked = lockContainerWithin(containerFolder, 0ms);
    return isBusy(locked) && isVisited(containerFolder) ? lockContainerWithin(containerFolder, kVisitPatience)
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
    auto turn = openPath(containerFolder + "/" + kVisitLockName, O_RDWR | O_CREAT | O_NOFOLLOW);
    auto container = openPath(containerFolder + "/" + kMonitorLockName, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!turn || !container)
        return turn ? std::move(container).error() : std::move(turn).error();
    ContainerVisit visit{ *std::move(turn), *std::move(container) };
    auto lacks = tryBoth(visit);
    if (lacks && *lacks != Lacks::Nothing)
        lacks = awaitBoth(visit, containerFolder, { std::chrono::steady_clock::now() + patience, isCancelled });
    if (!lacks)
        return std::move(lacks).error();
    if (*lacks != Lacks::Nothing)
        return *lacks == Lacks::Turn ? areVisited() : isHeld();
    if (exists(containerFolder + "/" + kRunRecordName)) // its monitor was killed: it may run still
        return Error{ ErrorCode::Busy, "its latest run has not been cleared up yet", 0, "Try again" };
    return visit;
}

} // namespace twinhull
