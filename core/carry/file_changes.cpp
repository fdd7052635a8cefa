// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/carry/file_changes.h"

#include "core/base/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

/// The last of a path is a name of its own.
Result<> checkNamesSomething(const std::string& path)
{
    const auto slash = path.find_last_of('/');
    if (isCarriedName(slash == std::string::npos ? path : path.substr(slash + 1)))
        return {};
    return Error{ ErrorCode::InvalidArgument, withoutControls(path) + ": names no file", 0, {} };
}

FileVersion versionOf(const struct stat& info)
{
    return { info.st_mtim.tv_sec, static_cast<std::uint32_t>(info.st_mtim.tv_nsec),
        static_cast<std::uint64_t>(info.st_size) };
}

Result<> writeOver(const UniqueFd& file, std::string_view text)
{
    // room first, so that a full disk leaves what was there
    if (!text.empty() && ::fallocate(file.fd(), 0, 0, static_cast<off_t>(text.size())) != 0 && errno != EOPNOTSUPP)
        return Error::fromErrno(errno, "make room");
    std::size_t at = 0;
    while (at < text.size()) {
        const ssize_t count = ::pwrite(file.fd(), text.data() + at, text.size() - at, static_cast<off_t>(at));
        if (count < 0 && errno != EINTR)
            return Error::fromErrno(errno, "write");
        at += static_cast<std::size_t>(count > 0 ? count : 0);
    }
    return ::ftruncate(file.fd(), static_cast<off_t>(text.size())) == 0 ? Result<>() : Error::fromErrno(errno, "cut");
}

} // namespace

Result<> removeFile(const std::string& path)
{
    auto named = checkNamesSomething(path);
    struct stat info { };
    if (named && ::lstat(path.c_str(), &info) != 0)
        return Error::fromErrno(errno, withoutControls(path));
    return named ? removeTree(path) : named;
}

Result<> renameFile(const std::string& from, const std::string& to)
{
    for (const auto& path : { from, to }) {
        if (auto named = checkNamesSomething(path); !named)
            return named;
    }
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return {};
    return Error::fromErrno(errno, errno == EEXIST ? withoutControls(to) : withoutControls(from));
}

Result<> makeFolderAt(const std::string& path)
{
    if (auto named = checkNamesSomething(path); !named)
        return named;
    return ::mkdir(path.c_str(), 0755) == 0 ? Result<>() : Error::fromErrno(errno, withoutControls(path));
}

Result<FileVersion> editFile(const std::string& path, const FileVersion& before, std::string_view text)
{
    const auto file = openPath(path, O_RDWR | O_NONBLOCK | O_NOCTTY);
    if (!file)
        return file.error();
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, withoutControls(path));
    if (!S_ISREG(info.st_mode) || text.size() > kEditLimitBytes)
        return Error{ ErrorCode::InvalidArgument, withoutControls(path) + ": not a small file", 0, {} };
    if (versionOf(info) != before)
        return Error{ ErrorCode::Busy, withoutControls(path) + " was changed by another meanwhile", 0,
            "Read it again, and make your change once more" };
    if (auto written = writeOver(*file, text); !written)
        return std::move(written).error().withContext(withoutControls(path));
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, withoutControls(path));
    return versionOf(info);
}

} // namespace twinhull
