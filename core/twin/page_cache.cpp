// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/page_cache.h"

#include "core/base/files.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace twinhull {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPieceBytes = std::uint64_t{ 1 } << 30U; ///< looked at in one call

/// Only to ask for its pages: it is never read, so a file that shrinks does no harm.
class Mapping {
public:
    Mapping(const UniqueFd& file, std::uint64_t offset, std::size_t length)
        : m_place(::mmap(nullptr, length, PROT_READ, MAP_SHARED, file.fd(), static_cast<off_t>(offset)))
        , m_length(length)
    {
    }
    ~Mapping()
    {
        if (m_place != MAP_FAILED)
            ::munmap(m_place, m_length);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    /// Pages that are in memory.
    Result<std::uint64_t> residentPages(std::uint64_t pageBytes) const
    {
        std::vector<unsigned char> pages((m_length + pageBytes - 1) / pageBytes);
        if (m_place == MAP_FAILED || ::mincore(m_place, m_length, pages.data()) != 0)
            return Error::fromErrno(errno, "ask for the pages of a file");
        return static_cast<std::uint64_t>(
            std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return (page & 1U) != 0; }));
    }

private:
    void* m_place;
    std::size_t m_length;
};

Result<std::uint64_t> cachedBytes(const UniqueFd& file, std::uint64_t size)
{
    const auto pageBytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::uint64_t pages = 0;
    for (std::uint64_t offset = 0; offset < size; offset += kPieceBytes) {
        const Mapping mapping(file, offset, static_cast<std::size_t>(std::min(kPieceBytes, size - offset)));
        const auto resident = mapping.residentPages(pageBytes);
        if (!resident)
            return resident;
        pages += *resident;
    }
    return std::min(pages * pageBytes, size);
}

Result<std::uint64_t> sizeOf(const UniqueFd& file)
{
    struct stat info { };
    if (::fstat(file.fd(), &info) != 0)
        return Error::fromErrno(errno, "look at a file");
    return S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
}

/// O_NONBLOCK, because what was an ordinary file a moment ago may be a FIFO now.
Result<UniqueFd> openToDrop(const std::string& path)
{
    return openPath(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

Result<DroppedFiles> dropFile(const std::string& path)
{
    const auto file = openToDrop(path);
    if (!file)
        return DroppedFiles{ 0, 0, 1 };
    const auto size = sizeOf(*file);
    if (!size)
        return size.error();
    (void)::fdatasync(file->fd()); // dirty pages stay otherwise; where it fails mincore() tells
    if (const int failed = ::posix_fadvise(file->fd(), 0, 0, POSIX_FADV_DONTNEED); failed != 0)
        return Error::fromErrno(failed, "drop " + path + " from the page cache");
    const auto left = cachedBytes(*file, *size);
    return left ? Result<DroppedFiles>(DroppedFiles{ *size, *left, 0 }) : Result<DroppedFiles>(left.error());
}

Error isCancelledError()
{
    return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
}

Result<DroppedFiles> dropTree(const std::string& path, const std::function<bool()>& isCancelled)
{
    DroppedFiles all;
    std::error_code failed;
    // what may not be entered is counted as one that could not be opened: its folder is
    for (fs::recursive_directory_iterator entry(path, failed), end; !failed && entry != end; entry.increment(failed)) {
        if (isCancelled())
            return isCancelledError();
        std::error_code ignored;
        const auto status = entry->symlink_status(ignored);
        const bool isClosed = fs::is_directory(status) && ::access(entry->path().c_str(), R_OK | X_OK) != 0;
        if (isClosed) {
            entry.disable_recursion_pending();
            ++all.unopened;
        }
        if (!fs::is_regular_file(status))
            continue;
        const auto dropped = dropFile(entry->path().string());
        if (!dropped)
            return dropped;
        all += *dropped;
    }
    if (failed)
        return Error::fromErrno(failed.value(), "look through " + path);
    return all;
}

} // namespace

DroppedFiles& DroppedFiles::operator+=(const DroppedFiles& other)
{
    bytes += other.bytes;
    leftBytes += other.leftBytes;
    unopened += other.unopened;
    return *this;
}

Result<DroppedFiles> dropFromPageCache(const std::vector<std::string>& paths, const std::function<bool()>& isCancelled)
{
    DroppedFiles all;
    for (const std::string& path : paths) {
        if (isCancelled())
            return isCancelledError();
        struct stat info { };
        if (::lstat(path.c_str(), &info) != 0)
            return Error::fromErrno(errno, "look at " + path);
        auto dropped = S_ISDIR(info.st_mode) ? dropTree(path, isCancelled) : dropFile(path);
        if (!dropped)
            return dropped;
        all += *dropped;
    }
    return all;
}

Result<std::uint64_t> cachedBytesOf(const std::string& path)
{
    const auto file = openToDrop(path);
    if (!file)
        return file.error();
    const auto size = sizeOf(*file);
    return size ? cachedBytes(*file, *size) : size;
}

} // namespace twinhull
