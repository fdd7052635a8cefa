// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/carry/tree_packer.h"

#include "core/base/files.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <vector>

namespace twinhull {

namespace {

constexpr std::size_t kDepthLimit = 256; // a descriptor a level, here and there

struct DirCloser {
    void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};
using DirHandle = std::unique_ptr<DIR, DirCloser>;

CarryAttributes attributesOf(const struct stat& info)
{
    return { info.st_mode & 07777U, info.st_uid, info.st_gid, info.st_mtim.tv_sec,
        static_cast<std::uint32_t>(info.st_mtim.tv_nsec) };
}

/// The first hole after `at` or the next data there, by `whence`; the size where the file system does not know.
off_t seek(const UniqueFd& file, off_t at, int whence, off_t size)
{
    const off_t found = ::lseek(file.fd(), at, whence);
    if (found >= 0)
        return std::min(found, size);
    return whence == SEEK_DATA && errno != ENXIO ? at : size; // ENXIO: no data behind here
}

class Packer {
public:
    explicit Packer(const CarrySink& sink) : m_sink(sink) { }

    /// `name` below `folder`, sent under `sentName`.
    Result<> add(int folder, const std::string& name, const std::string& sentName)
    {
        struct stat info { };
        if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return errno == ENOENT && m_depth > 0 ? Result<>() : Error::fromErrno(errno, withoutControls(name));
        CarryMessage message;
        message.name = sentName;
        message.attributes = attributesOf(info);
        if (S_ISLNK(info.st_mode))
            return addLink(folder, name, std::move(message));
        if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode))
            return addStranger(std::move(message));
        UniqueFd file(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (!file || ::fstat(file.fd(), &info) != 0)
            return Error::fromErrno(errno, "open " + withoutControls(name));
        message.attributes = attributesOf(info);
        if (S_ISDIR(info.st_mode))
            return addFolder(std::move(file), std::move(message)).withContext(withoutControls(name));
        if (S_ISREG(info.st_mode))
            return addFile(file, info.st_size, std::move(message)).withContext(withoutControls(name));
        return addStranger(std::move(message)); // it has been another a moment ago
    }

private:
    Result<> send(const CarryMessage& message) { return m_sink(encodeCarryMessage(message)); }

    Result<> send(CarryKind kind)
    {
        CarryMessage message;
        message.kind = kind;
        return send(message);
    }

    Result<> addStranger(CarryMessage message)
    {
        if (m_depth == 0)
            return Error{ ErrorCode::Unsupported, "is neither a file nor a folder nor a link", 0, {} };
        message.kind = CarryKind::LeftOut;
        return send(message);
    }

    Result<> addLink(int folder, const std::string& name, CarryMessage message)
    {
        std::string target(PATH_MAX, '\0');
        const ssize_t count = ::readlinkat(folder, name.c_str(), target.data(), target.size());
        if (count < 0)
            return Error::fromErrno(errno, "read link " + withoutControls(name));
        target.resize(static_cast<std::size_t>(count));
        message.kind = CarryKind::Symlink;
        message.text = std::move(target);
        return send(message);
    }

    Result<> addFolder(UniqueFd folder, CarryMessage message)
    {
        if (++m_depth > kDepthLimit)
            return Error{ ErrorCode::Unsupported, "more than " + std::to_string(kDepthLimit) + " folders in each other",
                0, {} };
        message.kind = CarryKind::Folder;
        if (auto sent = send(message); !sent)
            return sent;
        const DirHandle dir(::fdopendir(folder.fd()));
        if (!dir)
            return Error::fromErrno(errno, "read");
        const int fd = folder.release(); // the DIR's
        while (const dirent* entry = ::readdir(dir.get())) {
            const std::string name = entry->d_name;
            if (name == "." || name == "..")
                continue;
            if (auto added = add(fd, name, name); !added)
                return added;
        }
        --m_depth;
        return send(CarryKind::FolderEnd);
    }

    Result<> addFile(const UniqueFd& file, off_t size, CarryMessage message)
    {
        message.kind = CarryKind::File;
        message.bytes = static_cast<std::uint64_t>(size);
        if (auto sent = send(message); !sent)
            return sent;
        for (off_t at = seek(file, 0, SEEK_DATA, size); at < size;) {
            const off_t end = seek(file, at, SEEK_HOLE, size);
            if (auto sent = sendPiece(file, at, end); !sent)
                return sent;
            at = end < size ? seek(file, end, SEEK_DATA, size) : size;
        }
        return send(CarryKind::FileEnd);
    }

    Result<> sendPiece(const UniqueFd& file, off_t at, off_t end)
    {
        CarryMessage piece;
        piece.kind = CarryKind::Bytes;
        while (at < end) {
            piece.text.resize(std::min(kCarryBytesLimit, static_cast<std::size_t>(end - at)));
            const ssize_t count = ::pread(file.fd(), piece.text.data(), piece.text.size(), at);
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                return Error::fromErrno(errno, "read");
            if (count == 0)
                break; // it has become shorter: the rest is zeros
            piece.text.resize(static_cast<std::size_t>(count));
            piece.bytes = static_cast<std::uint64_t>(at);
            if (auto sent = send(piece); !sent)
                return sent;
            at += count;
        }
        return {};
    }

    const CarrySink& m_sink;
    std::size_t m_depth = 0;
};

} // namespace

Result<> packTree(const PackRequest& request, const CarrySink& sink)
{
    std::string path = request.path;
    bool follows = request.followsLink;
    if (path.ends_with('/') || path.ends_with("/.") || path == ".") // as the kernel would: the folder behind a link
        follows = true;
    if (follows) {
        const UniqueFd found(::open(path.c_str(), O_PATH | O_CLOEXEC));
        if (!found)
            return Error::fromErrno(errno, withoutControls(path));
        path = "/proc/self/fd/" + std::to_string(found.fd());
        std::string real(PATH_MAX, '\0');
        const ssize_t count = ::readlink(path.c_str(), real.data(), real.size());
        if (count <= 0 || real.front() != '/')
            return Error::fromErrno(count < 0 ? errno : ENOENT, withoutControls(request.path));
        real.resize(static_cast<std::size_t>(count));
        path = std::move(real);
    }
    if (auto added = Packer(sink).add(AT_FDCWD, path, {}); !added)
        return added;
    return sink(encodeCarryMessage({}));
}

} // namespace twinhull
