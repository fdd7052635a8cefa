// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

enum class Health {
    Starting, ///< not well once yet, and not failed too often
    Healthy,
    Unhealthy,
};
const char* nameOf(Health health); ///< "starting" …
std::optional<Health> healthFromName(std::string_view name);

/// One run of a health check.
struct HealthProbe {
    std::int64_t beginWallMilliseconds = 0;
    std::int64_t endWallMilliseconds = 0;
    std::optional<int> exitStatus; ///< absent: it was killed because it took too long
    std::string output; ///< both streams, the first kHealthOutputLimitBytes; a stranger's

    friend bool operator==(const HealthProbe&, const HealthProbe&) = default;
};

constexpr std::size_t kHealthOutputLimitBytes = 500;
constexpr std::size_t kHealthProbesKept = 5;
/// In the container's own folder, format version 1: how its health check went, of this run or the latest.
constexpr const char* kHealthReportName = "health.json";
constexpr std::size_t kHealthReportLimitBytes = 64U << 10U;

struct HealthReport {
    Health health = Health::Starting;
    unsigned failuresInARow = 0;
    std::vector<HealthProbe> latest; ///< oldest first, at most kHealthProbesKept

    friend bool operator==(const HealthReport&, const HealthReport&) = default;
};

std::string encodeHealthReport(const HealthReport& report);
Result<HealthReport> decodeHealthReport(std::string_view json);

} // namespace twinhull
