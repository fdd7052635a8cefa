// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/descriptors.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace twinhull::runtime {

namespace {

Result<> closeBetween(unsigned first, unsigned last)
{
    if (first <= last && ::syscall(SYS_close_range, first, last, 0) != 0) // since 5.9, older than what hull runs on
        return Error::fromErrno(errno, "close inherited descriptors");
    return {};
}

} // namespace

Result<> closeDescriptorsExcept(std::vector<int> kept, int preserved)
{
    std::sort(kept.begin(), kept.end());
    int first = 3 + preserved;
    for (const int fd : kept) {
        if (fd < first)
            continue;
        if (fd > first) {
            auto closed = closeBetween(static_cast<unsigned>(first), static_cast<unsigned>(fd - 1));
            if (!closed)
                return closed;
        }
        first = fd + 1;
    }
    return closeBetween(static_cast<unsigned>(first), ~0U);
}

Result<> requireDescriptors(int preserved)
{
    for (int fd = 3; fd < 3 + preserved; ++fd) {
        if (::fcntl(fd, F_GETFD) < 0)
            return Error::fromErrno(errno, "--preserve-fds (and LISTEN_FDS): descriptor " + std::to_string(fd))
                .withHint("Open it before hull is started, or give a smaller number");
    }
    return {};
}

} // namespace twinhull::runtime
