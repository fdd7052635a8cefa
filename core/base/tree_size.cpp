// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/tree_size.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <utility>

namespace twinhull {

namespace {

struct FolderCloser {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

class TreeWalk {
public:
    explicit TreeWalk(const TreeLimits& limits) : m_limits(limits) { }

    Result<> add(int at, const char* name, std::size_t depth)
    {
        struct stat info { };
        if (::fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
            return errno == ENOENT ? Result<>() : Error::fromErrno(errno, std::string("stat ") + name);
        if (++m_entries > m_limits.mostEntries || depth > m_limits.deepest)
            return Error{ ErrorCode::OutOfSpace, "too many files to look at each", 0, {} };
        if (m_entries % kEntriesBetweenLooks == 0 && m_limits.isStopping())
            return Error{ ErrorCode::Cancelled, "it was to stop", 0, {} };
        const bool isFolder = S_ISDIR(info.st_mode);
        if (!isFolder && info.st_nlink > 1 && !m_seen.emplace(info.st_dev, info.st_ino).second)
            return {};
        m_bytes += static_cast<std::uint64_t>(info.st_blocks) * 512U;
        return isFolder ? addFolder(at, name, depth) : Result<>();
    }

    std::uint64_t bytes() const { return m_bytes; }

private:
    static constexpr std::size_t kEntriesBetweenLooks = 64;

    Result<> addFolder(int at, const char* name, std::size_t depth)
    {
        const int fd = ::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
            return errno == ENOENT ? Result<>() : Error::fromErrno(errno, std::string("open folder ") + name);
        const std::unique_ptr<DIR, FolderCloser> folder(::fdopendir(fd));
        if (!folder) {
            const int number = errno;
            ::close(fd);
            return Error::fromErrno(number, std::string("read folder ") + name);
        }
        while (const dirent* entry = ::readdir(folder.get())) {
            if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0)
                continue;
            if (auto added = add(::dirfd(folder.get()), entry->d_name, depth + 1); !added)
                return added;
        }
        return {};
    }

    const TreeLimits& m_limits;
    std::set<std::pair<dev_t, ino_t>> m_seen;
    std::size_t m_entries = 0;
    std::uint64_t m_bytes = 0;
};

} // namespace

Result<std::uint64_t> treeBytes(const std::string& path, const TreeLimits& limits)
{
    TreeWalk walk(limits);
    if (auto added = walk.add(AT_FDCWD, path.c_str(), 0); !added)
        return std::move(added).error();
    return walk.bytes();
}

} // namespace twinhull
