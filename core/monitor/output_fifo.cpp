// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/output_fifo.h"

#include "core/base/files.h"

#include <sys/stat.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kPipeBytes = 64U << 10U;
constexpr mode_t kOpenToAll = 0666;

} // namespace

Result<OutputFifo> OutputFifo::open(const std::string& path)
{
    const bool isNew = ::mkfifo(path.c_str(), 0600) == 0;
    if (!isNew && errno != EEXIST)
        return Error::fromErrno(errno, "make " + path);
    auto reader = openPath(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
    if (!reader)
        return std::move(reader).error();
    struct stat info { };
    if (::fstat(reader->fd(), &info) != 0 || !S_ISFIFO(info.st_mode))
        return Error{ ErrorCode::Corrupt, path + ": not a FIFO", 0, {} };
    if (isNew && ::fchmod(reader->fd(), kOpenToAll) != 0) // later it may belong to the container's user
        return Error::fromErrno(errno, "open " + path + " to all");
    return OutputFifo(*std::move(reader));
}

/// By the descriptor, which nobody can exchange. criu opens a container's output again as it was opened here, by way of
/// such a link: O_NOFOLLOW would stay with it and fail there.
Result<UniqueFd> OutputFifo::writeEnd() const
{
    return openPath("/proc/self/fd/" + std::to_string(m_reader.fd()), O_RDWR);
}

std::string OutputFifo::read()
{
    std::string bytes(kPipeBytes, '\0');
    const ssize_t count = ::read(m_reader.fd(), bytes.data(), bytes.size());
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
}

} // namespace twinhull
