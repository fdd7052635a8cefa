// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <set>

namespace twinhull {

namespace {

struct DirCloser {
    void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};
using DirHandle = std::unique_ptr<DIR, DirCloser>;

bool isDotName(const char* name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

std::string parentOf(const std::string& path)
{
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<DirHandle> openFolder(int at, const char* name)
{
    UniqueFd fd(::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd)
        return Error::fromErrno(errno, std::string("open folder ") + name);
    DirHandle dir(::fdopendir(fd.fd()));
    if (!dir)
        return Error::fromErrno(errno, std::string("read folder ") + name);
    (void)fd.release(); // now the DIR's
    return dir;
}

Result<> removeAt(int at, const char* name, dev_t device);

Result<> removeChildren(DIR* dir, dev_t device)
{
    while (const dirent* entry = ::readdir(dir)) {
        if (isDotName(entry->d_name))
            continue;
        if (auto removed = removeAt(::dirfd(dir), entry->d_name, device); !removed)
            return removed;
    }
    return {};
}

Result<> removeAt(int at, const char* name, dev_t device)
{
    struct stat info { };
    if (::fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? Result<>() : Error::fromErrno(errno, std::string("stat ") + name);
    if (!S_ISDIR(info.st_mode)) {
        if (::unlinkat(at, name, 0) != 0 && errno != ENOENT)
            return Error::fromErrno(errno, std::string("remove ") + name);
        return {};
    }
    if (info.st_dev != device)
        return Error{ ErrorCode::Busy, std::string("remove ") + name + ": another file system is mounted there", EXDEV,
            {} };
    (void)!::fchmodat(at, name, 0700, 0); // a folder without permission bits is still ours to remove
    auto dir = openFolder(at, name);
    if (!dir)
        return dir.error().sysErrno == ENOENT ? Result<>() : std::move(dir).error();
    if (auto removed = removeChildren(dir->get(), device); !removed)
        return removed;
    if (::unlinkat(at, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        return Error::fromErrno(errno, std::string("remove folder ") + name);
    return {};
}

using SeenInodes = std::set<std::pair<dev_t, ino_t>>;

Result<> addAllocated(int at, const char* name, SeenInodes& seen, std::uint64_t& total)
{
    struct stat info { };
    if (::fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? Result<>() : Error::fromErrno(errno, std::string("stat ") + name);
    if (info.st_nlink > 1 && !S_ISDIR(info.st_mode) && !seen.emplace(info.st_dev, info.st_ino).second)
        return {};
    total += static_cast<std::uint64_t>(info.st_blocks) * 512U;
    if (!S_ISDIR(info.st_mode))
        return {};
    auto dir = openFolder(at, name);
    if (!dir)
        return std::move(dir).error();
    while (const dirent* entry = ::readdir(dir->get())) {
        if (isDotName(entry->d_name))
            continue;
        if (auto added = addAllocated(::dirfd(dir->get()), entry->d_name, seen, total); !added)
            return added;
    }
    return {};
}

Result<> syncFolder(const std::string& path)
{
    auto folder = openPath(path, O_RDONLY | O_DIRECTORY);
    if (!folder)
        return std::move(folder).error();
    if (::fsync(folder->fd()) != 0)
        return Error::fromErrno(errno, "fsync " + path);
    return {};
}

} // namespace

Result<UniqueFd> openAt(const UniqueFd& folder, const std::string& path, int flags, unsigned mode)
{
    UniqueFd fd(::openat(folder.fd(), path.c_str(), flags | O_CLOEXEC, mode));
    if (!fd)
        return Error::fromErrno(errno, "open " + path);
    return fd;
}

Result<UniqueFd> openPath(const std::string& path, int flags, unsigned mode)
{
    UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
    if (!fd)
        return Error::fromErrno(errno, "open " + path);
    return fd;
}

Result<std::string> readAll(const UniqueFd& file, std::size_t limitBytes)
{
    std::string text;
    char buffer[16384];
    for (;;) {
        const ssize_t count = ::read(file.fd(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "read");
        if (count == 0)
            return text;
        if (text.size() + static_cast<std::size_t>(count) > limitBytes)
            return Error{ ErrorCode::Corrupt, "larger than " + std::to_string(limitBytes) + " bytes", 0, {} };
        text.append(buffer, static_cast<std::size_t>(count));
    }
}

Result<std::string> readFile(const std::string& path, std::size_t limitBytes)
{
    auto file = openPath(path, O_RDONLY);
    if (!file)
        return std::move(file).error();
    return readAll(*file, limitBytes).withContext(path);
}

Result<> writeAll(const UniqueFd& file, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t count = ::write(file.fd(), text.data(), text.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "write");
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<> writeFileAtomically(const std::string& path, std::string_view text, unsigned mode)
{
    const std::string partial = path + "." + std::to_string(::getpid()) + ".partial";
    auto file = openPath(partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
    if (!file)
        return std::move(file).error();
    Result<> done = writeAll(*file, text).withContext(path);
    if (done && ::fsync(file->fd()) != 0)
        done = Error::fromErrno(errno, "fsync " + path);
    if (done && ::rename(partial.c_str(), path.c_str()) != 0)
        done = Error::fromErrno(errno, "rename to " + path);
    if (!done) {
        (void)::unlink(partial.c_str()); // the first error is the one to tell
        return done;
    }
    return syncFolder(parentOf(path));
}

Result<> makeFolders(const std::string& path, unsigned mode)
{
    if (::mkdir(path.c_str(), mode) == 0)
        return {};
    if (errno == EEXIST) {
        struct stat info { };
        if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode))
            return {};
        return Error::fromErrno(ENOTDIR, path);
    }
    if (errno != ENOENT)
        return Error::fromErrno(errno, "make folder " + path);
    if (auto made = makeFolders(parentOf(path), mode); !made)
        return made;
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
        return Error::fromErrno(errno, "make folder " + path);
    return {};
}

Result<UniqueFd> waitForFolder(const std::string& path)
{
    if (auto made = makeFolders(path); !made)
        return std::move(made).error();
    auto folder = openPath(path, O_RDONLY | O_DIRECTORY);
    while (folder && ::flock(folder->fd(), LOCK_EX) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "lock " + path);
    }
    return folder;
}

bool exists(const std::string& path)
{
    struct stat info { };
    return ::lstat(path.c_str(), &info) == 0;
}

Result<> removeTree(const std::string& path)
{
    struct stat info { };
    if (::lstat(path.c_str(), &info) != 0)
        return errno == ENOENT ? Result<>() : Error::fromErrno(errno, "stat " + path);
    return removeAt(AT_FDCWD, path.c_str(), info.st_dev).withContext(path);
}

Result<std::uint64_t> allocatedBytes(const std::string& path)
{
    SeenInodes seen;
    std::uint64_t total = 0;
    if (auto added = addAllocated(AT_FDCWD, path.c_str(), seen, total); !added)
        return std::move(added).error();
    return total;
}

} // namespace twinhull
