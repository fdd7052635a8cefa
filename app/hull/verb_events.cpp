// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/open_container.h"
#include "app/hull/verbs.h"
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/runtime/cgroups/cgroup_figures.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

namespace twinhull::hull {

namespace {

using namespace runtime;

constexpr std::array<Option, 2> kOptions{ { { "stats", 0, Takes::Nothing }, { "interval", 0, Takes::Value } } };
constexpr int kUsualMilliseconds = 5'000;
constexpr int kMostMilliseconds = 24 * 3600 * 1000;

/// "5s", "500ms", "2m"; a number alone is seconds.
Result<int> intervalOf(const Arguments& arguments)
{
    if (!arguments.has("interval"))
        return kUsualMilliseconds;
    const std::string text = arguments.value("interval");
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(read.ptr, static_cast<std::size_t>(text.data() + text.size() - read.ptr));
    const int factor = unit == "ms" ? 1 : unit.empty() || unit == "s" ? 1000 : unit == "m" ? 60'000 : 0;
    if (read.ec == std::errc() && factor > 0 && number > 0 && number <= kMostMilliseconds / factor)
        return static_cast<int>(number * factor);
    return Error{ ErrorCode::InvalidArgument, "--interval " + text + ": expected a time from 1ms to 24 hours", 0,
        "For example 500ms, 5s or 2m" };
}

/// Until the container's end (true), a change of its memory.events or the deadline.
Result<bool> awaitChange(const UniqueFd& pidfd, int memoryEvents, std::int64_t milliseconds)
{
    pollfd waits[]{ { pidfd.fd(), POLLIN, 0 }, { memoryEvents, POLLPRI, 0 } };
    if (::poll(waits, 2, static_cast<int>(milliseconds)) < 0 && errno != EINTR)
        return Error::fromErrno(errno, "wait for the container");
    char text[256];
    (void)!::pread(memoryEvents, text, sizeof text, 0); // what has been read is announced no more (cgroup-v2.rst)
    return (waits[0].revents & POLLIN) != 0;
}

Result<int> follow(const oci::ContainerRecord& record, const UniqueFd& pidfd, int milliseconds)
{
    auto memory = openPath(record.cgroup + "/memory.events", O_RDONLY); // not there without the controller
    auto kills = oomKillsOf(record.cgroup);
    std::int64_t due = 0;
    for (bool isEnded = false; !isEnded;) {
        const std::int64_t now = monotonicNanoseconds() / 1'000'000;
        if (now >= due) {
            due = now + milliseconds;
            if (auto printed = print(encodeStatsEvent(record.id, figuresOf(record.cgroup))); !printed)
                return printed;
        }
        auto changed = awaitChange(pidfd, memory ? memory->fd() : -1, due - now);
        if (!changed)
            return std::move(changed).error();
        isEnded = *changed;
        const auto counted = oomKillsOf(record.cgroup);
        const bool isOutOfMemory = counted && counted > kills;
        kills = counted;
        if (auto printed = isOutOfMemory ? print(oci::encodeOomEvent(record.id)) : Result<int>(0); !printed)
            return printed;
    }
    return 0;
}

enum class Times { Once, UntilTheEnd };

Result<int> tellFigures(const Addressed& addressed, Times times)
{
    const auto& [arguments, container] = addressed;
    auto interval = intervalOf(arguments);
    if (!interval)
        return interval;
    if (container.status == oci::ContainerStatus::Stopped)
        return wrongStatus(container, "tell what is used by", {});
    if (container.record.cgroup.empty())
        return Error{ ErrorCode::Unsupported,
            "cannot tell what " + container.record.id + " uses: it has no cgroup of its own", 0,
            "Start it with --cgroup-manager cgroupfs on a computer with cgroup v2" };
    if (times == Times::Once)
        return print(encodeStatsEvent(container.record.id, figuresOf(container.record.cgroup)));
    auto pidfd = watchProcess(container.record);
    return pidfd ? follow(container.record, *pidfd, *interval) : std::move(pidfd).error();
}

} // namespace

Result<int> eventsVerb(const Globals& globals, const Words& words)
{
    auto addressed = openAddressed(globals, words, kOptions);
    if (!addressed)
        return std::move(addressed).error();
    addressed->container.folder.unlock(); // others go on with it meanwhile
    return tellFigures(*addressed, addressed->arguments.has("stats") ? Times::Once : Times::UntilTheEnd);
}

Result<int> statsVerb(const Globals& globals, const Words& words)
{
    auto addressed = openAddressed(globals, words, kOptions);
    return addressed ? tellFigures(*addressed, Times::Once) : std::move(addressed).error();
}

} // namespace twinhull::hull
