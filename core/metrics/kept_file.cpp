// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/kept_file.h"

#include "core/base/files.h"

#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kSurelyWhole = 1024; // seq_file hands out a page at a time; less than this was all there is

}

Result<KeptFile> KeptFile::open(const std::string& path)
{
    auto fd = openPath(path, O_RDONLY);
    if (!fd)
        return std::move(fd).error();
    return KeptFile(*std::move(fd));
}

Result<std::string_view> KeptFile::read(ReadBuffer& buffer) const
{
    std::size_t size = 0;
    while (size < buffer.size()) {
        const ssize_t count = ::pread(m_fd.fd(), buffer.data() + size, buffer.size() - size, static_cast<off_t>(size));
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

} // namespace twinhull
