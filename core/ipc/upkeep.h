// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// When a container that ended without being asked to is started again.
struct RestartPolicy {
    enum class When {
        Never,
        OnFailure, ///< its exit status was not 0, or nobody saw it
        Always,
        UnlessStopped, ///< as Always; when the computer starts, not where a person stopped it
    };

    When when = When::Never;
    unsigned most = 0; ///< starts again, of OnFailure; 0: any number

    friend bool operator==(const RestartPolicy&, const RestartPolicy&) = default;
};

/// podman's words: "no", "on-failure", "on-failure:3", "always", "unless-stopped".
std::string encodeRestartPolicy(const RestartPolicy& policy);
Result<RestartPolicy> decodeRestartPolicy(std::string_view text);

/// What is done with a container whose health check has failed too often.
enum class UnhealthyAction {
    None, ///< it is shown
    Kill, ///< and its restart policy decides
    Restart,
    Stop, ///< as if a person had asked
};
const char* nameOf(UnhealthyAction action); ///< "none" …
std::optional<UnhealthyAction> unhealthyActionFrom(std::string_view name);

/// A command that is run inside again and again; it is well when the exit status is 0.
struct HealthCheck {
    std::vector<std::string> command; ///< its program and arguments; empty in a plan: the image's own
    std::chrono::milliseconds interval{ 30'000 }; ///< from the end of one to the next; 100 ms and up
    std::chrono::milliseconds timeout{ 30'000 }; ///< then it is killed and has failed; 100 ms and up
    std::chrono::milliseconds startPeriod{ 0 }; ///< so long after the start a failure does not count
    unsigned retries = 3; ///< so many failures in a row make it unhealthy; 1..1000
    UnhealthyAction onFailure = UnhealthyAction::None;
    /// In place of the interval until it is well for the first time, within the start period; 0, or 100 ms and up.
    std::chrono::milliseconds startInterval{ 0 };

    /// In a plan, what somebody asked for though it is as usual: the image's own does not take its place. No part of
    /// what the check is.
    enum Said : unsigned { Interval = 1, Timeout = 2, StartPeriod = 4, StartInterval = 8, Retries = 16 };
    unsigned said = 0;

    bool hasSaid(Said what) const { return (said & what) != 0; }

    friend bool operator==(const HealthCheck& left, const HealthCheck& right)
    {
        return left.command == right.command && left.interval == right.interval && left.timeout == right.timeout
            && left.startPeriod == right.startPeriod && left.retries == right.retries
            && left.onFailure == right.onFailure && left.startInterval == right.startInterval;
    }
};

/// Of a container's log. At most maxBytes * maxFiles are on the disk, whatever it says.
struct LogLimits {
    std::uint64_t maxBytes = 10U << 20U; ///< of one file; 4 KiB to 1 TiB
    unsigned maxFiles = 2; ///< the one that is written and older ones; 1..100

    friend bool operator==(const LogLimits&, const LogLimits&) = default;
};

/// How a container is looked after while nobody looks.
struct Upkeep {
    RestartPolicy restart;
    std::optional<HealthCheck> health; ///< absent in a plan: the image's own, where it has one
    bool hasNoHealthCheck = false; ///< not even the image's
    LogLimits log;
    bool isRemovedAtEnd = false; ///< it goes for good, with its folder, when its run has ended; not with a restart

    friend bool operator==(const Upkeep&, const Upkeep&) = default;
};

/// InvalidArgument names what is out of range. An empty command is left to the caller.
Result<> checkUpkeep(const Upkeep& upkeep);

} // namespace twinhull
