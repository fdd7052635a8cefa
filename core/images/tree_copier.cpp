// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/tree_copier.h"

#include "core/base/files.h"
#include "core/images/kept_attributes.h"
#include "core/images/merged_folder.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>

namespace twinhull {

namespace {

constexpr std::size_t kCopiedDepthLimit = 256; // as the unpacker's
constexpr std::size_t kCopyBlockBytes = 1U << 20U;
constexpr std::size_t kHoleBytes = 64U << 10U; // the least that becomes one where its bytes are zeros
constexpr std::uint64_t kStatBlockBytes = 512; // stat(2), st_blocks

Result<> copyAttributes(int from, int to)
{
    const auto attributes = keptAttributesOf(from);
    if (!attributes)
        return attributes.error();
    for (const auto& [name, value] : *attributes) {
        if (::fsetxattr(to, name.c_str(), value.data(), value.size(), 0) != 0)
            return Error::fromErrno(errno, "set " + name);
    }
    return {};
}

/// Owner first: chown clears set-id bits and capabilities. Times last.
Result<> copyMetadata(int from, int to, const struct stat& info)
{
    if (::fchown(to, info.st_uid, info.st_gid) != 0)
        return Error::fromErrno(errno, "set the owner");
    if (::fchmod(to, info.st_mode & 07777U) != 0)
        return Error::fromErrno(errno, "set the permissions");
    if (auto copied = copyAttributes(from, to); !copied)
        return copied;
    const timespec times[2] = { info.st_mtim, info.st_mtim };
    return ::futimens(to, times) == 0 ? Result<>() : Error::fromErrno(errno, "set the time");
}

class TreeCopier {
public:
    TreeCopier(UniqueFd root, std::uint64_t total, const ProgressFunction& progress)
        : m_root(std::move(root)), m_total(total), m_progress(progress)
    {
    }

    Result<> copy(const MergedFolder& from)
    {
        auto copied = copyFolder(from, m_root.fd(), {}, 0);
        if (copied)
            m_progress(m_total, m_total);
        return copied;
    }

private:
    Result<> copyFolder(const MergedFolder& from, int to, const std::string& path, std::size_t depth)
    {
        if (depth > kCopiedDepthLimit)
            return Error{ ErrorCode::Unsupported, path.substr(0, 256) + " lies too deep", 0, {} };
        const auto names = from.names();
        if (!names)
            return names.error();
        for (const auto& name : *names) {
            const std::string whole = path.empty() ? name : path + "/" + name;
            if (auto copied = copyEntry(from, to, name, whole, depth); !copied)
                return copied;
        }
        return {};
    }

    Result<> copyEntry(
        const MergedFolder& from, int to, const std::string& name, const std::string& path, std::size_t depth)
    {
        const auto entry = from.find(name);
        if (!entry)
            return {}; // it went just now
        const struct stat& info = entry->info;
        m_progress(std::min(m_done += static_cast<std::uint64_t>(info.st_blocks) * kStatBlockBytes, m_total), m_total);
        if (S_ISDIR(info.st_mode))
            return copySubfolder(from, to, name, path, depth);
        if (info.st_nlink > 1) {
            const auto [first, isNew] = m_links.try_emplace({ info.st_dev, info.st_ino }, path);
            if (!isNew)
                return linkTo(first->second, to, name).withContext(path);
        }
        if (S_ISREG(info.st_mode))
            return copyFile(entry->parent, to, name).withContext(path);
        if (S_ISLNK(info.st_mode))
            return copyLink(*entry, to, name).withContext(path);
        if (S_ISFIFO(info.st_mode))
            return copyFifo(info, to, name).withContext(path);
        return {}; // an unpacked layer has no others
    }

    /// Both are in the copy, where nobody else is at work.
    Result<> linkTo(const std::string& first, int to, const std::string& name)
    {
        if (::linkat(m_root.fd(), first.c_str(), to, name.c_str(), 0) != 0)
            return Error::fromErrno(errno, "make hard link");
        return {};
    }

    Result<> copySubfolder(
        const MergedFolder& from, int to, const std::string& name, const std::string& path, std::size_t depth)
    {
        auto inner = from.enter(name);
        if (!inner || !inner->isThere())
            return inner ? Result<>() : std::move(inner).error();
        if (::mkdirat(to, name.c_str(), 0700) != 0)
            return Error::fromErrno(errno, "make folder " + path);
        const UniqueFd made(::openat(to, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        struct stat info { };
        if (!made || ::fstat(inner->top(), &info) != 0)
            return Error::fromErrno(errno, "open folder " + path);
        if (auto copied = copyFolder(*inner, made.fd(), path, depth + 1); !copied)
            return copied;
        return copyMetadata(inner->top(), made.fd(), info).withContext(path); // last: each new name changed its time
    }

    Result<> copyFile(int parent, int to, const std::string& name)
    {
        const UniqueFd from(::openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        struct stat info { };
        if (!from || ::fstat(from.fd(), &info) != 0)
            return Error::fromErrno(errno, "open");
        const UniqueFd made(::openat(to, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!made)
            return Error::fromErrno(errno, "make file");
        const bool isShared = info.st_size > 0 && ::ioctl(made.fd(), FICLONE, from.fd()) == 0;
        if (auto copied = isShared ? Result<>() : copyPieces(from.fd(), made.fd(), info.st_size); !copied)
            return copied;
        return copyMetadata(from.fd(), made.fd(), info);
    }

    /// What is no hole and not all zeros; the rest becomes holes.
    Result<> copyPieces(int from, int to, off_t size)
    {
        for (off_t at = 0; at < size;) {
            const off_t start = ::lseek(from, at, SEEK_DATA);
            if (start < 0 && errno == ENXIO)
                break; // a hole up to the end
            const off_t hole = start < 0 ? -1 : ::lseek(from, start, SEEK_HOLE);
            const bool isKnown = hole > start; // else a file system that cannot tell
            const off_t end = isKnown ? std::min(hole, size) : size;
            if (auto copied = copyPiece(from, to, isKnown ? start : at, end); !copied)
                return copied;
            at = end;
        }
        return ::ftruncate(to, size) == 0 ? Result<>() : Error::fromErrno(errno, "set the size");
    }

    Result<> copyPiece(int from, int to, off_t at, off_t end)
    {
        while (at < end) {
            const auto wanted = std::min<off_t>(end - at, static_cast<off_t>(m_block.size()));
            const ssize_t count = ::pread(from, m_block.data(), static_cast<std::size_t>(wanted), at);
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return count < 0 ? Error::fromErrno(errno, "read")
                                 : Error{ ErrorCode::Busy, "it changed while it was read", 0, {} };
            if (auto written = writeBlock(to, static_cast<std::size_t>(count), at); !written)
                return written;
            at += count;
        }
        return {};
    }

    /// What of it is zeros only is left a hole: a file system may tell of none, or a program may have written them.
    Result<> writeBlock(int to, std::size_t bytes, off_t at)
    {
        for (std::size_t done = 0; done < bytes;) {
            const auto piece = std::min(bytes - done, kHoleBytes - done % kHoleBytes);
            const char* const from = m_block.data() + done;
            if (std::all_of(from, from + piece, [](char c) { return c == 0; })) {
                done += piece;
                continue;
            }
            const ssize_t written = ::pwrite(to, from, piece, at + static_cast<off_t>(done));
            if (written < 0 && errno != EINTR)
                return Error::fromErrno(errno, "write");
            done += static_cast<std::size_t>(std::max<ssize_t>(written, 0));
        }
        return {};
    }

    static Result<> copyLink(const MergedFolder::Entry& entry, int to, const std::string& name)
    {
        std::string target(static_cast<std::size_t>(entry.info.st_size) + 1, '\0');
        const ssize_t bytes = ::readlinkat(entry.parent, name.c_str(), target.data(), target.size());
        if (bytes < 0)
            return Error::fromErrno(errno, "read link");
        target.resize(static_cast<std::size_t>(bytes));
        if (::symlinkat(target.c_str(), to, name.c_str()) != 0)
            return Error::fromErrno(errno, "make symbolic link");
        return setByName(entry.info, to, name);
    }

    static Result<> copyFifo(const struct stat& info, int to, const std::string& name)
    {
        if (::mkfifoat(to, name.c_str(), 0600) != 0)
            return Error::fromErrno(errno, "make fifo");
        if (auto set = setByName(info, to, name); !set)
            return set;
        return ::fchmodat(to, name.c_str(), info.st_mode & 07777U, 0) == 0
            ? Result<>()
            : Error::fromErrno(errno, "set the permissions");
    }

    static Result<> setByName(const struct stat& info, int to, const std::string& name)
    {
        const timespec times[2] = { info.st_mtim, info.st_mtim };
        if (::fchownat(to, name.c_str(), info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW) != 0
            || ::utimensat(to, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
            return Error::fromErrno(errno, "set owner and time");
        return {};
    }

    UniqueFd m_root;
    std::uint64_t m_total;
    const ProgressFunction& m_progress;
    std::uint64_t m_done = 0;
    std::map<std::pair<dev_t, ino_t>, std::string> m_links; ///< where a file of several names went first
    std::vector<char> m_block = std::vector<char>(kCopyBlockBytes);
};

} // namespace

Result<> copyTree(const std::vector<std::string>& layers, const std::string& folder, const ProgressFunction& progress)
{
    auto from = MergedFolder::open(layers);
    auto to = openPath(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!from || !to)
        return from ? std::move(to).error() : std::move(from).error();
    std::uint64_t total = 0;
    for (const auto& layer : layers) {
        const auto bytes = allocatedBytes(layer);
        if (!bytes)
            return bytes.error();
        total += *bytes;
    }
    return TreeCopier(*std::move(to), total, progress).copy(*from);
}

} // namespace twinhull
