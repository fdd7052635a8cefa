// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/next_restart.h"

#include <algorithm>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kFirstDelayMilliseconds = 100;
constexpr std::int64_t kLongestDelayMilliseconds = 60'000;
constexpr auto kSteadyRun = 10s;

bool wants(const RestartPolicy& policy, const RestartState& before, const EndedRun& ended)
{
    switch (policy.when) {
    case RestartPolicy::When::Never:
        return false;
    case RestartPolicy::When::OnFailure:
        return ended.exitStatus != 0 && (policy.most == 0 || before.count < policy.most);
    case RestartPolicy::When::Always:
    case RestartPolicy::When::UnlessStopped:
        return true;
    }
    return false;
}

} // namespace

std::optional<RestartState> nextRestart(
    const RestartPolicy& policy, const RestartState& before, const EndedRun& ended, std::int64_t nowWall)
{
    if (!wants(policy, before, ended))
        return std::nullopt;
    const bool isFirst = before.delayMilliseconds <= 0 || ended.ran >= kSteadyRun;
    RestartState next;
    next.count = before.count + 1;
    next.delayMilliseconds
        = isFirst ? kFirstDelayMilliseconds : std::min(before.delayMilliseconds * 2, kLongestDelayMilliseconds);
    next.dueWallMilliseconds = nowWall + next.delayMilliseconds;
    return next;
}

} // namespace twinhull
