// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/health_report.h"

#include "core/ipc/message_json.h"

#include <nlohmann/json.hpp>

#include <array>

namespace twinhull {

namespace {

constexpr std::array<const char*, 3> kHealthNames{ "starting", "healthy", "unhealthy" };
constexpr int kReportVersion = 1;

Error badReport(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "health report: " + what, 0, {} };
}

nlohmann::json probeJson(const HealthProbe& probe)
{
    nlohmann::json json{ { "beginWallMilliseconds", probe.beginWallMilliseconds },
        { "endWallMilliseconds", probe.endWallMilliseconds }, { "output", probe.output } };
    if (probe.exitStatus)
        json["exitStatus"] = *probe.exitStatus;
    return json;
}

HealthProbe probeFrom(const nlohmann::json& json)
{
    HealthProbe probe;
    json.at("beginWallMilliseconds").get_to(probe.beginWallMilliseconds);
    json.at("endWallMilliseconds").get_to(probe.endWallMilliseconds);
    probe.output = json.at("output").get<std::string>();
    if (json.contains("exitStatus"))
        probe.exitStatus = json.at("exitStatus").get<int>();
    return probe;
}

} // namespace

const char* nameOf(Health health)
{
    return kHealthNames[static_cast<std::size_t>(health)];
}

std::optional<Health> healthFromName(std::string_view name)
{
    for (std::size_t i = 0; i < kHealthNames.size(); ++i) {
        if (name == kHealthNames[i])
            return static_cast<Health>(i);
    }
    return std::nullopt;
}

std::string encodeHealthReport(const HealthReport& report)
{
    nlohmann::json latest = nlohmann::json::array();
    for (const auto& probe : report.latest)
        latest.push_back(probeJson(probe));
    const nlohmann::json json{ { "version", kReportVersion }, { "health", nameOf(report.health) },
        { "failuresInARow", report.failuresInARow }, { "latest", std::move(latest) } };
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<HealthReport> decodeHealthReport(std::string_view text)
{
    try {
        const auto json = nlohmann::json::parse(text, wholeNumbersOnly());
        const auto health = healthFromName(json.at("health").get<std::string>());
        if (json.at("version").get<int>() != kReportVersion || !health)
            return badReport("unknown version or state");
        HealthReport report{ *health, json.at("failuresInARow").get<unsigned>(), {} };
        for (const auto& probe : json.at("latest")) {
            if (report.latest.size() == kHealthProbesKept)
                return badReport("too many runs");
            report.latest.push_back(probeFrom(probe));
        }
        return report;
    } catch (const nlohmann::json::exception& error) {
        return badReport(error.what());
    }
}

} // namespace twinhull
