// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/freezer.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_limits.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr std::int64_t kDeadlineMilliseconds = 10'000;

/// False at the deadline. The kernel announces a change of cgroup.events by POLLPRI.
Result<bool> awaitFrozen(const UniqueFd& events)
{
    const std::int64_t deadline = monotonicNanoseconds() / 1'000'000 + kDeadlineMilliseconds;
    char text[256];
    while (true) {
        const ssize_t count = ::pread(events.fd(), text, sizeof text, 0);
        if (count < 0)
            return Error::fromErrno(errno, "read cgroup.events");
        if (std::string_view(text, static_cast<std::size_t>(count)).find("frozen 1") != std::string_view::npos)
            return true;
        const std::int64_t left = deadline - monotonicNanoseconds() / 1'000'000;
        pollfd wait{ events.fd(), POLLPRI, 0 };
        if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) == 0)
            return false;
    }
}

} // namespace

Result<> freezeCgroup(const std::string& folder)
{
    auto events = openPath(folder + "/cgroup.events", O_RDONLY);
    if (!events)
        return std::move(events).error();
    if (auto written = writeControl(folder + "/cgroup.freeze", "1"); !written)
        return written;
    auto isFrozen = awaitFrozen(*events);
    if (isFrozen && *isFrozen)
        return {};
    (void)thawCgroup(folder); // the first error is the one to tell
    if (!isFrozen)
        return std::move(isFrozen).error();
    return Error{ ErrorCode::Timeout, "the container's processes did not stand still within 10 s", 0,
        "One of them hangs in the kernel, often on a network file system; try again later" };
}

Result<> thawCgroup(const std::string& folder)
{
    return writeControl(folder + "/cgroup.freeze", "0");
}

bool isCgroupFrozen(const std::string& folder)
{
    auto text = readFile(folder + "/cgroup.freeze", 16);
    return text && text->rfind('1', 0) == 0;
}

} // namespace twinhull::runtime
