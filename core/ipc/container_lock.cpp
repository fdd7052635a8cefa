// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/container_lock.h"

#include "core/base/files.h"

#include <sys/file.h>

#include <cerrno>

namespace twinhull {

Result<UniqueFd> lockContainer(const std::string& containerFolder)
{
    const std::string path = containerFolder + "/" + kMonitorLockName;
    auto file = openPath(path, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!file)
        return file;
    if (::flock(file->fd(), LOCK_EX | LOCK_NB) == 0)
        return file;
    if (errno != EWOULDBLOCK)
        return Error::fromErrno(errno, "lock " + path);
    return Error{ ErrorCode::Busy, "it is running already, or being started, stopped or removed", EWOULDBLOCK,
        "Wait for that, or stop it first" };
}

} // namespace twinhull
