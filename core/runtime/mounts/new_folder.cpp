// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/new_folder.h"

#include "core/base/files.h"
#include "core/base/project_quota.h"
#include "core/runtime/mounts/copy_up.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace twinhull::runtime {

namespace {

struct NewFolder {
    std::string path;
    std::string mark;
    std::string partial; ///< one name is enough: the mark is locked
};

NewFolder newFolderAt(std::string path)
{
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    const auto name = path.find_last_of('/') + 1;
    return { path, path.substr(0, name) + "." + path.substr(name) + ".new", path + ".new.partial" };
}

/// Not open where the folder is not new, or not any more.
Result<UniqueFd> lockMark(const std::string& mark)
{
    auto file = openPath(mark, O_RDWR | O_NOFOLLOW);
    if (!file)
        return file.error().sysErrno == ENOENT ? Result<UniqueFd>(UniqueFd()) : std::move(file);
    while (::flock(file->fd(), LOCK_EX) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "lock " + mark);
    }
    struct stat info { };
    const bool isThere = ::fstat(file->fd(), &info) == 0 && info.st_nlink > 0;
    return isThere ? std::move(file) : Result<UniqueFd>(UniqueFd());
}

Result<> replace(const NewFolder& folder, const UniqueFd& content)
{
    if (auto removed = removeTree(folder.partial); !removed)
        return removed;
    if (auto made = makeFolders(folder.partial); !made)
        return made;
    auto target = openPath(folder.partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const auto before = openPath(folder.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!before && before.error().sysErrno != ENOENT)
        return before.error();
    auto limited = target && before ? joinProjectOf(*target, *before) : Result<>(); // its limit stays with its name
    if (!limited)
        return limited;
    auto copied = target ? copyUp(content, *target, {}, DeviceNodes::LeaveOut) : Result<>(target.error());
    if (copied && ::syncfs(target->fd()) != 0) // its name must not be on the disk before it is
        copied = Error::fromErrno(errno, "write the copy to the disk");
    if (copied && ::rename(folder.partial.c_str(), folder.path.c_str()) != 0 && errno != ENOTEMPTY && errno != EEXIST)
        copied = Error::fromErrno(errno, "put the copy in its place");
    auto removed = removeTree(folder.partial); // of a folder that somebody filled, or after a failure
    return copied ? std::move(removed) : std::move(copied);
}

} // namespace

Result<> fillNewFolder(const RootFd& root, const std::string& source, const std::string& destination)
{
    const NewFolder folder = newFolderAt(source);
    auto lock = lockMark(folder.mark);
    if (!lock || !*lock)
        return lock ? Result<>() : std::move(lock).error();
    const auto content = root.open(destination, O_RDONLY | O_DIRECTORY);
    if (content) {
        if (auto filled = replace(folder, *content).withContext("fill the new volume"); !filled)
            return filled;
    }
    return ::unlink(folder.mark.c_str()) == 0 ? Result<>() : Error::fromErrno(errno, "remove " + folder.mark);
}

} // namespace twinhull::runtime
