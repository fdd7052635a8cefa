// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/container_lock.h"

#include "core/base/files.h"

#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>

#include <cerrno>

namespace twinhull {

namespace {

Result<UniqueFd> openLock(const std::string& containerFolder)
{
    return openPath(containerFolder + "/" + kMonitorLockName, O_RDWR | O_CREAT | O_NOFOLLOW);
}

Result<> tryLock(const UniqueFd& file, const std::string& containerFolder)
{
    if (::flock(file.fd(), LOCK_EX | LOCK_NB) == 0)
        return {};
    if (errno != EWOULDBLOCK)
        return Error::fromErrno(errno, "lock " + containerFolder + "/" + kMonitorLockName);
    return Error{ ErrorCode::Busy, "it is running already, or being started, stopped or removed", EWOULDBLOCK,
        "Wait for that, or stop it first" };
}

/// Tries again at each end of a holder, until `deadline`.
Result<> awaitLock(
    const UniqueFd& file, const std::string& containerFolder, std::chrono::steady_clock::time_point deadline)
{
    const UniqueFd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    const std::string path = containerFolder + "/" + kMonitorLockName;
    (void)::inotify_add_watch(events.fd(), path.c_str(), IN_CLOSE); // where it fails, the deadline is waited for
    for (;;) {
        auto locked = tryLock(file, containerFolder);
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (locked || locked.error().code != ErrorCode::Busy || left.count() <= 0)
            return locked;
        pollfd waited{ events.fd(), POLLIN, 0 };
        (void)::poll(&waited, 1, static_cast<int>(left.count())); // an end, early or late, leads to the next try
        char buffer[4096];
        (void)!::read(events.fd(), buffer, sizeof buffer);
    }
}

} // namespace

Result<UniqueFd> lockContainer(const std::string& containerFolder)
{
    return lockContainerWithin(containerFolder, std::chrono::milliseconds(0));
}

Result<UniqueFd> lockContainerWithin(const std::string& containerFolder, std::chrono::milliseconds patience)
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    auto file = openLock(containerFolder);
    if (!file)
        return file;
    auto locked = tryLock(*file, containerFolder);
    // closing an inotify descriptor takes 10 ms and more (it waits for every reader of the list of watches)
    if (!locked && locked.error().code == ErrorCode::Busy && patience.count() > 0)
        locked = awaitLock(*file, containerFolder, deadline);
    return locked ? std::move(file) : std::move(locked).error();
}

} // namespace twinhull
