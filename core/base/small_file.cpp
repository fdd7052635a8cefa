// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/small_file.h"

#include "core/base/files.h"

#include <sys/stat.h>

#include <cerrno>

namespace twinhull {

Result<std::string> readSmallFile(const std::string& path, std::size_t limitBytes)
{
    const auto file = openPath(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file)
        return file.error();
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, path);
    if (!S_ISREG(info.st_mode))
        return Error{ ErrorCode::InvalidArgument, path + ": not a regular file", 0, {} };
    return readAll(*file, limitBytes).withContext(path);
}

} // namespace twinhull
