// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_packer.h"

#include "core/base/files.h"
#include "core/images/copy_changes.h"
#include "core/images/kept_attributes.h"
#include "core/images/merged_folder.h"

#include <archive.h>
#include <archive_entry.h>

#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <vector>

namespace twinhull {

namespace {

constexpr std::size_t kDepthLimitOfUpper = 256; // as the unpacker's: what we make we can take

struct PackCloser {
    void operator()(archive* handle) const noexcept { ::archive_write_free(handle); }
};
struct PackEntryCloser {
    void operator()(archive_entry* entry) const noexcept { ::archive_entry_free(entry); }
};
struct FolderCloser {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};
using PackEntry = std::unique_ptr<archive_entry, PackEntryCloser>;

using Names = std::vector<std::string>;
using Pieces = std::vector<std::pair<off_t, off_t>>; ///< of a file: offset, bytes
constexpr off_t kLeastPiece = 4096;

Result<Names> namesOf(int folder)
{
    const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, FolderCloser> stream(copy >= 0 ? ::fdopendir(copy) : nullptr);
    if (!stream)
        return Error::fromErrno(errno, "list folder");
    Names names;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..")
            names.push_back(name);
    }
    std::sort(names.begin(), names.end()); // the same tree makes the same layer
    return names;
}

std::string attributeOf(int file, const char* name)
{
    std::array<char, 256> value{};
    const ssize_t bytes = ::fgetxattr(file, name, value.data(), value.size());
    return bytes > 0 ? std::string(value.data(), static_cast<std::size_t>(bytes)) : std::string();
}

/// As fuse-overlayfs marks a folder that hides all below; its other names for whiteouts are those of a layer's tar.
constexpr const char* kOpaqueFile = ".wh..wh..opq";
constexpr const char* kOpaqueDevice = ".wh..opq"; // beside it, where it could be made

bool isOpaque(int folder)
{
    struct stat info { };
    if (::fstatat(folder, kOpaqueFile, &info, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    return attributeOf(folder, "trusted.overlay.opaque") == "y" || attributeOf(folder, "user.overlay.opaque") == "y";
}

bool isRedirected(int folder)
{
    return !attributeOf(folder, "trusted.overlay.redirect").empty()
        || !attributeOf(folder, "user.overlay.redirect").empty();
}

class Packer {
public:
    /// `copy`: where set, the folder is a copy of the layers, of which that much is packed.
    Packer(archive* handle, const ProgressFunction& progress, const CopyDifference* copy)
        : m_handle(handle), m_progress(progress), m_copy(copy)
    {
    }

    /// The layers that it is a copy of.
    void setLower(MergedFolder lower) { m_lower.push_back(std::move(lower)); }

    Result<> packTop(int folder)
    {
        auto packed = packFolder(folder, {}, 0);
        const bool isAll = m_copy == nullptr || m_found == m_copy->present.size();
        return packed && !isAll ? Result<>(changed()) : packed; // what was renamed is under neither name
    }

private:
    Result<> packFolder(int folder, const std::string& path, std::size_t depth)
    {
        if (depth > kDepthLimitOfUpper)
            return Error{ ErrorCode::Unsupported, path.substr(0, 256) + " lies too deep", 0, {} };
        if (auto marked = m_copy != nullptr ? markRemoved(path) : markOpaque(folder, path); !marked)
            return marked;
        auto names = namesOf(folder);
        if (!names)
            return std::move(names).error().withContext(path);
        for (const auto& name : *names) {
            const std::string whole = path.empty() ? name : path + "/" + name;
            const bool isListed = m_copy == nullptr || m_copy->present.contains(whole);
            if (!isListed && m_lower.back().find(name))
                continue; // else it was made since, maybe of what was listed under another name
            m_found += isListed ? 1 : 0;
            if (auto packed = pack(folder, name, whole, depth); !packed)
                return std::move(packed).error().withContext(whole);
        }
        return {};
    }

    Result<> markOpaque(int folder, const std::string& path)
    {
        return !path.empty() && isOpaque(folder) ? addEmpty(path + "/" + kOpaqueFile) : Result<>();
    }

    Result<> markRemoved(const std::string& path)
    {
        const auto found = m_copy->removed.find(path);
        if (found == m_copy->removed.end())
            return {};
        for (const auto& name : found->second) {
            if (auto marked = addEmpty((path.empty() ? "" : path + "/") + ".wh." + name); !marked)
                return marked;
        }
        return {};
    }

    Result<> pack(int parent, const std::string& name, const std::string& path, std::size_t depth)
    {
        struct stat info { };
        if (::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return Error::fromErrno(errno, "stat");
        if (m_copy == nullptr && (name == kOpaqueFile || name == kOpaqueDevice))
            return {}; // told by markOpaque()
        if (m_copy == nullptr && S_ISCHR(info.st_mode) && info.st_rdev == ::makedev(0, 0))
            return addEmpty(path.substr(0, path.size() - name.size()) + ".wh." + name);
        if (S_ISDIR(info.st_mode))
            return packSubfolder(parent, name, path, depth);
        if (S_ISLNK(info.st_mode))
            return packSymlink(parent, name, path, info);
        if (S_ISREG(info.st_mode))
            return packFile(parent, name, path, info);
        if (S_ISFIFO(info.st_mode))
            return write(*entryOf(path, info), path);
        return {}; // sockets and devices are of a running system, not of an image
    }

    static PackEntry entryOf(const std::string& path, const struct stat& info)
    {
        PackEntry entry(::archive_entry_new());
        ::archive_entry_copy_stat(entry.get(), &info);
        ::archive_entry_copy_pathname(entry.get(), path.c_str());
        return entry;
    }

    Result<> write(archive_entry& entry, const std::string& path)
    {
        if (::archive_write_header(m_handle, &entry) >= ARCHIVE_WARN)
            return {};
        return failure("pack " + path);
    }

    Error failure(const std::string& what) const
    {
        const char* reason = ::archive_error_string(m_handle);
        return Error{ ::archive_errno(m_handle) == ENOSPC ? ErrorCode::OutOfSpace : ErrorCode::Io,
            what + ": " + (reason != nullptr ? reason : "failed"), ::archive_errno(m_handle), {} };
    }

    Result<> addEmpty(const std::string& path)
    {
        struct stat info { };
        info.st_mode = S_IFREG | 0600U;
        info.st_nlink = 1;
        return write(*entryOf(path, info), path);
    }

    Result<> packSubfolder(int parent, const std::string& name, const std::string& path, std::size_t depth)
    {
        const UniqueFd folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        struct stat info { };
        if (!folder || ::fstat(folder.fd(), &info) != 0)
            return Error::fromErrno(errno, "open folder");
        if (isRedirected(folder.fd()))
            return Error{ ErrorCode::Unsupported, "the folder was renamed in a way only this kernel's overlay can read",
                0, "Copy it inside the container under another name, then remove it." };
        const PackEntry entry = entryOf(path, info);
        if (auto added = addAttributes(folder.fd(), *entry); !added)
            return added;
        if (auto written = write(*entry, path); !written)
            return written;
        return m_copy == nullptr ? packFolder(folder.fd(), path, depth + 1)
                                 : packCopiedFolder(folder.fd(), name, path, depth + 1);
    }

    Result<> packCopiedFolder(int folder, const std::string& name, const std::string& path, std::size_t depth)
    {
        auto inner = m_lower.back().enter(name); // empty where it is new
        if (!inner)
            return std::move(inner).error();
        m_lower.push_back(*std::move(inner));
        auto packed = packFolder(folder, path, depth);
        m_lower.pop_back();
        return packed;
    }

    Result<> packSymlink(int parent, const std::string& name, const std::string& path, const struct stat& info)
    {
        std::string target(static_cast<std::size_t>(info.st_size) + 1, '\0');
        const ssize_t bytes = ::readlinkat(parent, name.c_str(), target.data(), target.size());
        if (bytes < 0 || static_cast<std::size_t>(bytes) == target.size())
            return bytes < 0 ? Error::fromErrno(errno, "read link") : changed();
        target.resize(static_cast<std::size_t>(bytes));
        const PackEntry entry = entryOf(path, info);
        ::archive_entry_copy_symlink(entry.get(), target.c_str());
        return write(*entry, path);
    }

    static Error changed()
    {
        return Error{ ErrorCode::Busy, "it changed while it was read", 0,
            "Pause or stop the container, then try again." };
    }

    Result<> packFile(int parent, const std::string& name, const std::string& path, const struct stat& seen)
    {
        const PackEntry link = entryOf(path, seen);
        if (const auto first = m_links.find({ seen.st_dev, seen.st_ino });
            seen.st_nlink > 1 && first != m_links.end()) {
            ::archive_entry_copy_hardlink(link.get(), first->second.c_str());
            ::archive_entry_set_size(link.get(), 0);
            return write(*link, path);
        }
        const UniqueFd file(::openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        struct stat info { };
        if (!file || ::fstat(file.fd(), &info) != 0)
            return Error::fromErrno(errno, "open");
        if (!S_ISREG(info.st_mode))
            return changed();
        if (info.st_nlink > 1)
            m_links.emplace(std::pair(info.st_dev, info.st_ino), path);
        const PackEntry entry = entryOf(path, info);
        if (auto added = addAttributes(file.fd(), *entry); !added)
            return added;
        const auto pieces = piecesOf(file.fd(), info.st_size);
        const bool hasHoles = info.st_size > 0 && (pieces.size() != 1 || pieces.front().second != info.st_size);
        for (const auto& [offset, bytes] : pieces) {
            if (hasHoles)
                ::archive_entry_sparse_add_entry(entry.get(), offset, bytes);
        }
        if (auto written = write(*entry, path); !written)
            return written;
        return writeContent(file.fd(), pieces);
    }

    /// What of a file is no hole, as (offset, bytes).
    static Pieces piecesOf(int file, off_t size)
    {
        Pieces pieces;
        for (off_t at = 0; at < size;) {
            const off_t start = ::lseek(file, at, SEEK_DATA);
            if (start < 0 && errno == ENXIO) // a hole up to the end; libarchive cannot read a file that is nothing else
                return pieces.empty() ? Pieces{ { 0, std::min<off_t>(size, kLeastPiece) } } : pieces;
            const off_t end = start < 0 ? -1 : ::lseek(file, start, SEEK_HOLE);
            if (end <= start) // a file system that cannot tell
                return { { 0, size } };
            pieces.emplace_back(start, std::min(end, size) - start);
            at = end;
        }
        return pieces;
    }

    Result<> writeContent(int file, const Pieces& pieces)
    {
        off_t position = 0;
        for (const auto& [offset, bytes] : pieces) {
            if (auto filled = writeZeros(offset - position); !filled)
                return filled;
            for (off_t at = offset; at < offset + bytes;) {
                const auto wanted = std::min<off_t>(offset + bytes - at, static_cast<off_t>(m_block.size()));
                const ssize_t count = ::pread(file, m_block.data(), static_cast<std::size_t>(wanted), at);
                if (count < 0 && errno == EINTR)
                    continue;
                if (count <= 0)
                    return count < 0 ? Error::fromErrno(errno, "read") : changed();
                if (::archive_write_data(m_handle, m_block.data(), static_cast<std::size_t>(count)) != count)
                    return failure("write");
                at += count;
                m_progress(m_done += static_cast<std::uint64_t>(count), 0);
            }
            position = offset + bytes;
        }
        return {}; // a hole at the end is filled by the format
    }

    /// The writer of a sparse file drops what lies in its holes, but wants to be given it.
    Result<> writeZeros(off_t bytes)
    {
        static const std::array<char, 65536> kZeros{};
        while (bytes > 0) {
            const auto now = std::min<off_t>(bytes, static_cast<off_t>(kZeros.size()));
            if (::archive_write_data(m_handle, kZeros.data(), static_cast<std::size_t>(now)) < 0)
                return failure("write");
            bytes -= now;
        }
        return {};
    }

    static Result<> addAttributes(int file, archive_entry& entry)
    {
        const auto attributes = keptAttributesOf(file);
        if (!attributes)
            return attributes.error();
        for (const auto& [name, value] : *attributes)
            ::archive_entry_xattr_add_entry(&entry, name.c_str(), value.data(), value.size());
        return {};
    }

    archive* m_handle;
    const ProgressFunction& m_progress;
    const CopyDifference* m_copy;
    std::vector<MergedFolder> m_lower; ///< of a copy: what is below the folder at hand, and below those above
    std::size_t m_found = 0; ///< of what is to be packed of a copy
    std::map<std::pair<dev_t, ino_t>, std::string> m_links; ///< where a file of several names went first
    std::vector<char> m_block = std::vector<char>(256U << 10U);
    std::uint64_t m_done = 0;
};

/// `layers` and `copy`: of a copy; else none.
Result<> packTree(const std::string& upperFolder, const std::string& file, const std::vector<std::string>& layers,
    const CopyDifference* copy, const ProgressFunction& progress)
{
    auto lower = MergedFolder::open(layers);
    if (!lower)
        return std::move(lower).error();
    auto upper = openPath(upperFolder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!upper)
        return std::move(upper).error();
    auto output = openPath(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!output)
        return std::move(output).error();
    const std::unique_ptr<archive, PackCloser> handle(::archive_write_new());
    if (!handle)
        return Error{ ErrorCode::OutOfMemory, "pack layer", ENOMEM, {} };
    ::archive_write_set_format_pax_restricted(handle.get());
    // Once, in the form that everybody else reads and writes.
    if (::archive_write_set_format_option(handle.get(), nullptr, "xattrheader", "SCHILY") != ARCHIVE_OK)
        return Error{ ErrorCode::Unsupported, "pack layer: this libarchive is too old", 0, {} };
    ::archive_write_set_bytes_in_last_block(handle.get(), 1);
    if (::archive_write_open_fd(handle.get(), output->fd()) != ARCHIVE_OK)
        return Error{ ErrorCode::Io, "pack layer: cannot write " + file, 0, {} };
    Packer packer(handle.get(), progress, copy);
    packer.setLower(*std::move(lower));
    if (auto packed = packer.packTop(upper->fd()); !packed)
        return std::move(packed).error().withContext("pack layer");
    if (::archive_write_close(handle.get()) != ARCHIVE_OK)
        return Error{ ErrorCode::Io, std::string("pack layer: ") + ::archive_error_string(handle.get()), 0, {} };
    return {};
}

} // namespace

Result<> packLayer(const std::string& upperFolder, const std::string& file, const ProgressFunction& progress)
{
    return packTree(upperFolder, file, {}, nullptr, progress);
}

Result<> packCopy(const std::string& copy, const std::vector<std::string>& layers, const std::string& file,
    const ProgressFunction& progress)
{
    const auto difference = differenceOfCopy(copy, layers);
    return difference ? packTree(copy, file, layers, &*difference, progress)
                      : Result<>(difference.error()).withContext("pack layer");
}

} // namespace twinhull
