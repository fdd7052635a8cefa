// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/upkeep.h"

#include "core/base/text.h"
#include "core/ipc/upkeep_json.h"

#include <array>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr std::array<const char*, 4> kPolicies{ "no", "on-failure", "always", "unless-stopped" };
constexpr std::array<const char*, 4> kActions{ "none", "kill", "restart", "stop" };
constexpr std::uint64_t kMostRestarts = 1'000'000;
constexpr unsigned kMostRetries = 1000;
constexpr unsigned kMostLogFiles = 100;
constexpr auto kShortest = 100ms;
constexpr std::chrono::milliseconds kLongest = 24h;

Error badUpkeep(const std::string& what)
{
    return Error{ ErrorCode::InvalidArgument, what, 0, {} };
}

Error badPolicy(std::string_view text)
{
    return Error{ ErrorCode::InvalidArgument, "\"" + std::string(text) + "\" is no restart policy", 0,
        "Use no, on-failure, on-failure:3, always or unless-stopped" };
}

nlohmann::json healthJson(const HealthCheck& health)
{
    return { { "command", health.command }, { "intervalMilliseconds", health.interval.count() },
        { "timeoutMilliseconds", health.timeout.count() }, { "startPeriodMilliseconds", health.startPeriod.count() },
        { "retries", health.retries }, { "onFailure", nameOf(health.onFailure) },
        { "startIntervalMilliseconds", health.startInterval.count() } };
}

Result<HealthCheck> healthFrom(const nlohmann::json& json)
{
    HealthCheck health;
    json.at("command").get_to(health.command);
    health.interval = std::chrono::milliseconds(json.at("intervalMilliseconds").get<std::int64_t>());
    health.timeout = std::chrono::milliseconds(json.at("timeoutMilliseconds").get<std::int64_t>());
    health.startPeriod = std::chrono::milliseconds(json.at("startPeriodMilliseconds").get<std::int64_t>());
    health.startInterval
        = std::chrono::milliseconds(json.value("startIntervalMilliseconds", std::int64_t{ 0 })); // not in older files
    json.at("retries").get_to(health.retries);
    const auto action = unhealthyActionFrom(json.at("onFailure").get<std::string>());
    if (!action)
        return badUpkeep("health check: unknown action");
    health.onFailure = *action;
    return health;
}

Result<> checkHealth(const HealthCheck& health)
{
    if (health.interval < kShortest || health.interval > kLongest)
        return badUpkeep("health check: the interval must be from 100 ms to a day");
    if (health.timeout < kShortest || health.timeout > kLongest)
        return badUpkeep("health check: the timeout must be from 100 ms to a day");
    if (health.startPeriod < 0ms || health.startPeriod > kLongest)
        return badUpkeep("health check: the start period must be a day at most");
    if (health.startInterval != 0ms && (health.startInterval < kShortest || health.startInterval > kLongest))
        return badUpkeep("health check: the start interval must be from 100 ms to a day");
    if (health.retries < 1 || health.retries > kMostRetries)
        return badUpkeep("health check: retries must be from 1 to 1000");
    return {};
}

} // namespace

std::string encodeRestartPolicy(const RestartPolicy& policy)
{
    std::string text = kPolicies[static_cast<std::size_t>(policy.when)];
    if (policy.when == RestartPolicy::When::OnFailure && policy.most > 0)
        text += ":" + std::to_string(policy.most);
    return text;
}

Result<RestartPolicy> decodeRestartPolicy(std::string_view text)
{
    const auto colon = text.find(':');
    const auto word = text.substr(0, colon);
    RestartPolicy policy;
    for (std::size_t i = 0; i < kPolicies.size(); ++i) {
        if (word == kPolicies[i])
            policy.when = static_cast<RestartPolicy::When>(i);
    }
    if (word != kPolicies[static_cast<std::size_t>(policy.when)])
        return badPolicy(text);
    if (colon == std::string_view::npos)
        return policy;
    const auto most = parseNumber(text.substr(colon + 1));
    if (policy.when != RestartPolicy::When::OnFailure || !most || *most > kMostRestarts)
        return badPolicy(text);
    policy.most = static_cast<unsigned>(*most);
    return policy;
}

const char* nameOf(UnhealthyAction action)
{
    return kActions[static_cast<std::size_t>(action)];
}

std::optional<UnhealthyAction> unhealthyActionFrom(std::string_view name)
{
    for (std::size_t i = 0; i < kActions.size(); ++i) {
        if (name == kActions[i])
            return static_cast<UnhealthyAction>(i);
    }
    return std::nullopt;
}

Result<> checkUpkeep(const Upkeep& upkeep)
{
    if (upkeep.log.maxBytes < 4096 || upkeep.log.maxBytes > std::uint64_t{ 1 } << 40U)
        return badUpkeep("log: a file must be from 4 KiB to 1 TiB");
    if (upkeep.log.maxFiles < 1 || upkeep.log.maxFiles > kMostLogFiles)
        return badUpkeep("log: there must be from 1 to 100 files");
    if (upkeep.isRemovedAtEnd && upkeep.restart.when != RestartPolicy::When::Never)
        return Error{ ErrorCode::InvalidArgument, "it cannot be removed at its end and started again", 0,
            "Leave out --rm, or --restart" };
    return upkeep.health ? checkHealth(*upkeep.health) : Result<>();
}

nlohmann::json upkeepJson(const Upkeep& upkeep)
{
    nlohmann::json json{ { "restart", encodeRestartPolicy(upkeep.restart) },
        { "hasNoHealthCheck", upkeep.hasNoHealthCheck }, { "logBytes", upkeep.log.maxBytes },
        { "logFiles", upkeep.log.maxFiles } };
    if (upkeep.isRemovedAtEnd)
        json["isRemovedAtEnd"] = true;
    if (upkeep.health)
        json["health"] = healthJson(*upkeep.health);
    return json;
}

Result<Upkeep> upkeepFrom(const nlohmann::json& json)
{
    Upkeep upkeep;
    auto policy = decodeRestartPolicy(json.at("restart").get<std::string>());
    if (!policy)
        return std::move(policy).error();
    upkeep.restart = *policy;
    upkeep.hasNoHealthCheck = json.value("hasNoHealthCheck", false);
    upkeep.isRemovedAtEnd = json.value("isRemovedAtEnd", false);
    json.at("logBytes").get_to(upkeep.log.maxBytes);
    json.at("logFiles").get_to(upkeep.log.maxFiles);
    if (json.contains("health")) {
        auto health = healthFrom(json.at("health"));
        if (!health)
            return std::move(health).error();
        upkeep.health = *std::move(health);
    }
    auto checked = checkUpkeep(upkeep);
    return checked ? Result<Upkeep>(std::move(upkeep)) : std::move(checked).error();
}

} // namespace twinhull
