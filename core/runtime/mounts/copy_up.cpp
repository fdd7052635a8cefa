// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/copy_up.h"

#include "core/base/files.h"

#include <dirent.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr int kDepthLimit = 64;
constexpr std::size_t kCopyStepBytes = 1U << 20U;
constexpr int kNoFollow = AT_SYMLINK_NOFOLLOW;

struct DirectoryEnd {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

struct Descent {
    DeviceNodes nodes;
    int depthLeft;
};

/// One entry of a folder, and where it goes.
struct Entry {
    const UniqueFd& from;
    const UniqueFd& to;
    const char* name;
    struct stat info;
};

Error failed(const char* name)
{
    return Error::fromErrno(errno, std::string("copy ") + name);
}

Result<> copyFolder(const UniqueFd& from, const UniqueFd& to, const Descent& descent);

/// From where both stand. Less, where the file ends before.
Result<> copyStretch(const Entry& entry, int source, int target, off_t length)
{
    while (length > 0) {
        const auto step = std::min(static_cast<std::size_t>(length), kCopyStepBytes);
        const ssize_t count = ::sendfile(target, source, nullptr, step);
        if (count == 0)
            return {};
        if (count < 0 && errno != EINTR)
            return failed(entry.name);
        length -= std::max<ssize_t>(count, 0);
    }
    return {};
}

/// Holes stay holes: an image's file may be larger than the disk.
Result<> copyStretches(const Entry& entry, int source, int target)
{
    off_t hole = 0;
    while (true) {
        const off_t data = ::lseek(source, hole, SEEK_DATA);
        if (data < 0)
            return errno == ENXIO ? Result<>() : failed(entry.name);
        hole = ::lseek(source, data, SEEK_HOLE);
        if (hole < 0 || ::lseek(source, data, SEEK_SET) < 0 || ::lseek(target, data, SEEK_SET) < 0)
            return failed(entry.name);
        if (auto copied = copyStretch(entry, source, target, hole - data); !copied)
            return copied;
    }
}

Result<> copyFile(const Entry& entry)
{
    const UniqueFd source(::openat(entry.from.fd(), entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    const UniqueFd target(
        source ? ::openat(entry.to.fd(), entry.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600) : -1);
    struct stat info { };
    if (!target || ::fstat(source.fd(), &info) != 0 || ::ftruncate(target.fd(), info.st_size) != 0)
        return failed(entry.name);
    return copyStretches(entry, source.fd(), target.fd());
}

Result<> copyLink(const Entry& entry)
{
    std::array<char, PATH_MAX> text{};
    if (::readlinkat(entry.from.fd(), entry.name, text.data(), text.size() - 1) < 0
        || ::symlinkat(text.data(), entry.to.fd(), entry.name) != 0)
        return failed(entry.name);
    return {};
}

Result<> copySubfolder(const Entry& entry, const Descent& descent)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const UniqueFd source(::openat(entry.from.fd(), entry.name, flags));
    if (!source || ::mkdirat(entry.to.fd(), entry.name, 0700) != 0)
        return failed(entry.name);
    const UniqueFd target(::openat(entry.to.fd(), entry.name, flags));
    return target ? copyFolder(source, target, { descent.nodes, descent.depthLeft - 1 }) : failed(entry.name);
}

/// An id that the container does not have cannot be given (EINVAL): such a file belongs to its root.
Result<> copyAttributes(const Entry& entry)
{
    const int to = entry.to.fd();
    if (::fchownat(to, entry.name, entry.info.st_uid, entry.info.st_gid, kNoFollow) != 0 && errno != EINVAL)
        return failed(entry.name);
    if (!S_ISLNK(entry.info.st_mode) && ::fchmodat(to, entry.name, entry.info.st_mode & 07777U, 0) != 0)
        return failed(entry.name);
    const std::array<timespec, 2> times{ entry.info.st_atim, entry.info.st_mtim };
    return ::utimensat(to, entry.name, times.data(), kNoFollow) == 0 ? Result<>() : failed(entry.name);
}

Result<> copyContent(const Entry& entry, const Descent& descent, bool& isThere)
{
    isThere = true;
    if (S_ISDIR(entry.info.st_mode))
        return copySubfolder(entry, descent);
    if (S_ISREG(entry.info.st_mode))
        return copyFile(entry);
    if (S_ISLNK(entry.info.st_mode))
        return copyLink(entry);
    const bool isDevice = S_ISCHR(entry.info.st_mode) || S_ISBLK(entry.info.st_mode);
    isThere = !isDevice || descent.nodes == DeviceNodes::MakeWherePossible;
    if (!isThere)
        return {};
    isThere = ::mknodat(entry.to.fd(), entry.name, entry.info.st_mode & S_IFMT, entry.info.st_rdev) == 0;
    return isThere || errno == EPERM ? Result<>() : failed(entry.name);
}

Result<> copyEntry(const UniqueFd& from, const UniqueFd& to, const char* name, const Descent& descent)
{
    Entry entry{ from, to, name, {} };
    if (::fstatat(from.fd(), name, &entry.info, kNoFollow) != 0)
        return failed(name);
    bool isThere = false;
    auto copied = copyContent(entry, descent, isThere);
    return copied && isThere ? copyAttributes(entry) : copied;
}

Result<> copyFolder(const UniqueFd& from, const UniqueFd& to, const Descent& descent)
{
    if (descent.depthLeft == 0)
        return Error{ ErrorCode::Unsupported, "folders lie too deep to be copied", 0, {} };
    const int own = ::fcntl(from.fd(), F_DUPFD_CLOEXEC, 0);
    const std::unique_ptr<DIR, DirectoryEnd> directory(own >= 0 ? ::fdopendir(own) : nullptr);
    if (!directory)
        return failed("a folder");
    errno = 0;
    while (const dirent* found = ::readdir(directory.get())) {
        const std::string_view name = found->d_name;
        if (name != "." && name != "..") {
            if (auto copied = copyEntry(from, to, found->d_name, descent); !copied)
                return copied;
        }
        errno = 0;
    }
    return errno == 0 ? Result<>() : failed("a folder");
}

bool names(const std::vector<std::string>& options, std::string_view key)
{
    return std::any_of(options.begin(), options.end(),
        [&](const std::string& option) { return option.compare(0, key.size(), key) == 0; });
}

Result<> copyTop(const UniqueFd& from, const UniqueFd& to, const std::vector<std::string>& options)
{
    struct stat info { };
    if (::fstat(from.fd(), &info) != 0)
        return failed("the folder");
    const bool hasOwner = names(options, "uid=") || names(options, "gid=");
    if (!hasOwner && ::fchown(to.fd(), info.st_uid, info.st_gid) != 0 && errno != EINVAL)
        return failed("the folder's owner");
    if (!names(options, "mode=") && ::fchmod(to.fd(), info.st_mode & 07777U) != 0)
        return failed("the folder's mode");
    return {};
}

} // namespace

Result<> copyUp(const UniqueFd& from, const UniqueFd& to, const std::vector<std::string>& options, DeviceNodes nodes)
{
    auto source = openAt(from, ".", O_RDONLY | O_DIRECTORY);
    auto target = openAt(to, ".", O_RDONLY | O_DIRECTORY);
    if (!source || !target)
        return source ? std::move(target).error() : std::move(source).error();
    auto copied = copyFolder(*source, *target, { nodes, kDepthLimit });
    return copied ? copyTop(*source, *target, options) : copied;
}

} // namespace twinhull::runtime
