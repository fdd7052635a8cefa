// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/copy/descriptor_streams.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <vector>

namespace twinhull {

namespace {

constexpr int kAskMilliseconds = 200;
constexpr std::size_t kPieceBytes = std::size_t(256) << 10U;

Result<> awaitReady(int fd, short what, const IsCancelled& isCancelled)
{
    for (;;) {
        pollfd waiting{ fd, what, 0 };
        if (isCancelled && isCancelled())
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        if (::poll(&waiting, 1, kAskMilliseconds) > 0)
            return {};
    }
}

/// At most what does not block once poll(2) says so (pipe(7): PIPE_BUF); without a signal where it is a socket.
ssize_t writeSome(int to, std::string_view bytes)
{
    const ssize_t sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0 || errno != ENOTSOCK)
        return sent;
    return ::write(to, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
}

} // namespace

Result<> writePatiently(int to, std::string_view bytes, const IsCancelled& isCancelled)
{
    while (!bytes.empty()) {
        if (auto ready = awaitReady(to, POLLOUT, isCancelled); !ready)
            return ready;
        const ssize_t count = writeSome(to, bytes);
        if (count > 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR && errno != EAGAIN)
            return Error::fromErrno(errno, "write");
    }
    return {};
}

ByteSource patientSource(int from, IsCancelled isCancelled)
{
    return [from, isCancelled = std::move(isCancelled),
               block = std::vector<char>(kPieceBytes)]() mutable -> Result<std::string_view> {
        for (;;) {
            if (auto ready = awaitReady(from, POLLIN, isCancelled); !ready)
                return std::move(ready).error();
            const ssize_t count = ::read(from, block.data(), block.size());
            if (count >= 0)
                return std::string_view(block.data(), static_cast<std::size_t>(count));
            if (errno != EINTR && errno != EAGAIN)
                return Error::fromErrno(errno, "read");
        }
    };
}

} // namespace twinhull
