// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/upkeep_plan.h"

#include <algorithm>
#include <utility>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kShortestOfImage = 100ms;
constexpr std::chrono::milliseconds kLongestOfImage = 24h;

/// Empty where it has none.
std::vector<std::string> commandOf(const ImageHealth& health)
{
    const auto& test = health.test;
    if (test.size() > 1 && test.front() == "CMD")
        return { test.begin() + 1, test.end() };
    if (test.size() == 2 && test.front() == "CMD-SHELL")
        return { "/bin/sh", "-c", test[1] };
    return {};
}

void takeTime(std::uint64_t nanoseconds, std::chrono::milliseconds& time)
{
    constexpr std::uint64_t kMost = std::chrono::nanoseconds(kLongestOfImage).count();
    if (nanoseconds > 0)
        time = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::nanoseconds(std::min(nanoseconds, kMost))),
            kShortestOfImage);
}

HealthCheck checkOf(const ImageHealth& health)
{
    HealthCheck check;
    check.command = commandOf(health);
    takeTime(health.interval, check.interval);
    takeTime(health.timeout, check.timeout);
    takeTime(health.startPeriod, check.startPeriod);
    takeTime(health.startInterval, check.startInterval);
    if (health.retries > 0)
        check.retries = static_cast<unsigned>(std::min<std::uint64_t>(health.retries, 1000));
    return check;
}

/// Of the image's own check what nobody asked for in the plan.
void takeUnsaid(const HealthCheck& ofImage, HealthCheck& check)
{
    const HealthCheck usual;
    check.command = ofImage.command;
    const std::pair<HealthCheck::Said, std::chrono::milliseconds HealthCheck::*> times[]
        = { { HealthCheck::Interval, &HealthCheck::interval }, { HealthCheck::Timeout, &HealthCheck::timeout },
              { HealthCheck::StartPeriod, &HealthCheck::startPeriod },
              { HealthCheck::StartInterval, &HealthCheck::startInterval } };
    for (const auto& [what, member] : times) {
        if (!check.hasSaid(what) && check.*member == usual.*member)
            check.*member = ofImage.*member;
    }
    if (!check.hasSaid(HealthCheck::Retries) && check.retries == usual.retries)
        check.retries = ofImage.retries;
}

} // namespace

Result<Upkeep> upkeepFor(const Upkeep& planned, const ImageInfo& image)
{
    Upkeep upkeep = planned;
    if (auto checked = checkUpkeep(upkeep); !checked)
        return std::move(checked).error();
    if (upkeep.hasNoHealthCheck) {
        upkeep.health.reset();
        return upkeep;
    }
    const HealthCheck ofImage = checkOf(image.health);
    if (upkeep.health && upkeep.health->command.empty()) {
        if (ofImage.command.empty())
            return Error{ ErrorCode::InvalidArgument,
                "health check: the image " + image.shortName().toStdString() + " has none, so there is no command", 0,
                "Give a command: --health-cmd" };
        takeUnsaid(ofImage, *upkeep.health);
    } else if (!upkeep.health && !ofImage.command.empty()) {
        upkeep.health = ofImage;
    }
    return upkeep;
}

} // namespace twinhull
