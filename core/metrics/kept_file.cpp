// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/kept_file.h"

#include "core/base/files.h"

#include <algorithm>
#include <cerrno>

#include <sys/resource.h>

namespace twinhull {

namespace {

constexpr std::size_t kSurelyWhole = 1024; // seq_file hands out a page at a time; less than this was all there is
constexpr rlim_t kLeftToOthers = 1024;

/// The lowest free number is given out, so a high one tells that hardly any are left.
bool isAmongTheLast(int fd)
{
    rlimit limit{};
    (void)::getrlimit(RLIMIT_NOFILE, &limit); // cannot fail for a known resource
    return static_cast<rlim_t>(fd) >= limit.rlim_cur - std::min(kLeftToOthers, limit.rlim_cur / 2);
}

Result<std::string_view> readWhole(int fd, ReadBuffer& buffer)
{
    std::size_t size = 0;
    while (size < buffer.size()) {
        const ssize_t count = ::pread(fd, buffer.data() + size, buffer.size() - size, static_cast<off_t>(size));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "read");
        size += static_cast<std::size_t>(count);
        if (count == 0 || size < kSurelyWhole)
            break;
    }
    return std::string_view(buffer.data(), size);
}

}

Result<KeptFile> KeptFile::open(const std::string& path)
{
    auto fd = openPath(path, O_RDONLY);
    if (!fd)
        return std::move(fd).error();
    if (isAmongTheLast(fd->fd()))
        return KeptFile(path);
    return KeptFile(*std::move(fd));
}

Result<std::string_view> KeptFile::read(ReadBuffer& buffer) const
{
    if (m_fd)
        return readWhole(m_fd.fd(), buffer);
    const auto fd = openPath(m_path, O_RDONLY);
    return fd ? readWhole(fd->fd(), buffer) : Result<std::string_view>(fd.error());
}

} // namespace twinhull
