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

void closeBetween(int first, int last)
{
    if (first <= last)
        (void)::syscall(SYS_close_range, first, last, 0); // since 5.9, older than what hull runs on
}

} // namespace

void closeDescriptorsExcept(std::vector<int> kept, int preserved)
{
    std::sort(kept.begin(), kept.end());
    int first = 3 + preserved;
    for (const int fd : kept) {
        if (fd < first)
            continue;
        closeBetween(first, fd - 1);
        first = fd + 1;
    }
    (void)::syscall(SYS_close_range, first, ~0U, 0);
}

Result<> requireDescriptors(int preserved)
{
    for (int fd = 3; fd < 3 + preserved; ++fd) {
        if (::fcntl(fd, F_GETFD) < 0)
            return Error::fromErrno(
                errno, "--preserve-fds " + std::to_string(preserved) + ": descriptor " + std::to_string(fd))
                .withHint("Open it before hull is started, or give a smaller number");
    }
    return {};
}

} // namespace twinhull::runtime
