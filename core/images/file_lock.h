// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"

#include <sys/file.h>

#include <cerrno>

namespace twinhull {

/// flock(2) on a file that is made where it is missing; held until destruction, given back by the kernel when the
/// process dies.
class FileLock {
public:
    /// Waits for the other holder: for worker threads and short critical sections.
    static Result<FileLock> acquire(const std::string& path)
    {
        auto file = openPath(path, O_RDWR | O_CREAT | O_NOFOLLOW);
        if (!file)
            return std::move(file).error();
        while (::flock(file->fd(), LOCK_EX) != 0) {
            if (errno != EINTR)
                return Error::fromErrno(errno, "lock " + path);
        }
        return FileLock(*std::move(file));
    }

    /// Busy where another holds it.
    static Result<FileLock> tryAcquire(const std::string& path)
    {
        auto file = openPath(path, O_RDWR | O_CREAT | O_NOFOLLOW);
        if (!file)
            return std::move(file).error();
        if (::flock(file->fd(), LOCK_EX | LOCK_NB) == 0)
            return FileLock(*std::move(file));
        if (errno == EWOULDBLOCK)
            return Error{ ErrorCode::Busy, path + " is locked by another", errno, {} };
        return Error::fromErrno(errno, "lock " + path);
    }

private:
    explicit FileLock(UniqueFd file) : m_file(std::move(file)) { }

    UniqueFd m_file;
};

} // namespace twinhull
