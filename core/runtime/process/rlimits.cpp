// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/rlimits.h"

#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace twinhull::runtime {

namespace {

constexpr std::array<std::pair<std::string_view, int>, 16> kNames{ {
    { "RLIMIT_AS", RLIMIT_AS },
    { "RLIMIT_CORE", RLIMIT_CORE },
    { "RLIMIT_CPU", RLIMIT_CPU },
    { "RLIMIT_DATA", RLIMIT_DATA },
    { "RLIMIT_FSIZE", RLIMIT_FSIZE },
    { "RLIMIT_LOCKS", RLIMIT_LOCKS },
    { "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK },
    { "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE },
    { "RLIMIT_NICE", RLIMIT_NICE },
    { "RLIMIT_NOFILE", RLIMIT_NOFILE },
    { "RLIMIT_NPROC", RLIMIT_NPROC },
    { "RLIMIT_RSS", RLIMIT_RSS },
    { "RLIMIT_RTPRIO", RLIMIT_RTPRIO },
    { "RLIMIT_RTTIME", RLIMIT_RTTIME },
    { "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING },
    { "RLIMIT_STACK", RLIMIT_STACK },
} };

Result<> applyOne(const oci::Rlimit& limit)
{
    for (const auto& [name, resource] : kNames) {
        if (name != limit.type)
            continue;
        const rlimit value{ limit.soft, limit.hard };
        if (::setrlimit(static_cast<__rlimit_resource>(resource), &value) == 0)
            return {};
        Error error = Error::fromErrno(errno, "set " + limit.type + " to " + std::to_string(limit.hard));
        if (errno != EPERM)
            return error;
        return std::move(error).withHint("The limit is above that of this session: lower it in config.json");
    }
    return Error{ ErrorCode::InvalidArgument, "unknown limit " + limit.type, 0, {} };
}

} // namespace

Result<> applyRlimits(const std::vector<oci::Rlimit>& limits)
{
    for (const auto& limit : limits) {
        if (auto applied = applyOne(limit); !applied)
            return applied;
    }
    return {};
}

} // namespace twinhull::runtime
