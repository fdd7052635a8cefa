// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/upkeep_options.h"

#include "core/base/text.h"
#include "core/workload/upkeep_command.h"

#include <QString>

namespace twinhull {

namespace {

Error invalidUpkeep(const std::string& what, const std::string& hint)
{
    return Error{ ErrorCode::InvalidArgument, what, 0, hint };
}

Result<> takeTime(const char* option, const std::string& text, std::chrono::milliseconds& time)
{
    if (text.empty())
        return {};
    auto parsed = parseDuration(text);
    if (!parsed)
        return std::move(parsed).error().withContext(option);
    time = *parsed;
    return {};
}

Result<> takeRetries(const std::string& text, unsigned& retries)
{
    if (text.empty())
        return {};
    const auto number = parseNumber(text);
    if (!number || *number < 1 || *number > 1000)
        return invalidUpkeep("--health-retries " + text + ": not a number from 1 to 1000", {});
    retries = static_cast<unsigned>(*number);
    return {};
}

Result<> takeHealth(const UpkeepArguments& arguments, HealthCheck& health)
{
    if (!arguments.healthCommand.empty())
        health.command = healthCommandFromText(QString::fromStdString(arguments.healthCommand));
    for (auto taken : { takeTime("--health-interval", arguments.healthInterval, health.interval),
             takeTime("--health-timeout", arguments.healthTimeout, health.timeout),
             takeTime("--health-start-period", arguments.healthStartPeriod, health.startPeriod),
             takeTime("--health-start-interval", arguments.healthStartInterval, health.startInterval),
             takeRetries(arguments.healthRetries, health.retries) }) {
        if (!taken)
            return taken;
    }
    for (const auto& [text, what] : { std::pair{ &arguments.healthInterval, HealthCheck::Interval },
             std::pair{ &arguments.healthTimeout, HealthCheck::Timeout },
             std::pair{ &arguments.healthStartPeriod, HealthCheck::StartPeriod },
             std::pair{ &arguments.healthStartInterval, HealthCheck::StartInterval },
             std::pair{ &arguments.healthRetries, HealthCheck::Retries } }) {
        if (!text->empty())
            health.said |= what;
    }
    if (arguments.healthOnFailure.empty())
        return {};
    const auto action = unhealthyActionFrom(arguments.healthOnFailure);
    if (!action)
        return invalidUpkeep(
            "--health-on-failure " + arguments.healthOnFailure + ": no such action", "Use none, kill, restart or stop");
    health.onFailure = *action;
    return {};
}

bool hasHealth(const UpkeepArguments& arguments)
{
    return !arguments.healthCommand.empty() || !arguments.healthInterval.empty() || !arguments.healthTimeout.empty()
        || !arguments.healthStartPeriod.empty() || !arguments.healthStartInterval.empty()
        || !arguments.healthRetries.empty() || !arguments.healthOnFailure.empty();
}

Result<> takeLogOption(const std::string& text, LogLimits& log)
{
    const auto equals = text.find('=');
    const std::string key = text.substr(0, equals);
    const std::string value = equals == std::string::npos ? std::string() : text.substr(equals + 1);
    if (key == "max-size") {
        const auto bytes = parseSize(value);
        if (!bytes)
            return invalidUpkeep("--log-opt " + text + ": not a size", "Write it as max-size=10m");
        log.maxBytes = *bytes;
        return {};
    }
    const auto count = parseNumber(value);
    if (key != "max-file" || !count || *count > 100)
        return invalidUpkeep("--log-opt " + text + ": not known", "Use max-size=10m or max-file=3");
    log.maxFiles = static_cast<unsigned>(*count);
    return {};
}

} // namespace

void addUpkeepOptions(CLI::App& verb, UpkeepArguments& arguments)
{
    verb.add_option("--restart", arguments.restart, "no, on-failure[:N], always or unless-stopped")
        ->type_name("POLICY");
    auto* command = verb.add_option("--health-cmd", arguments.healthCommand,
        "run inside again and again: a shell's text or a JSON list of words; none: not even the image's");
    command->type_name("COMMAND");
    verb.add_flag("--no-healthcheck", arguments.hasNoHealthCheck, "not even the image's")->excludes(command);
    verb.add_option("--health-interval", arguments.healthInterval, "between two checks (30s)")->type_name("TIME");
    verb.add_option("--health-timeout", arguments.healthTimeout, "then it has failed (30s)")->type_name("TIME");
    verb.add_option("--health-start-period", arguments.healthStartPeriod, "failures do not count so long (0s)")
        ->type_name("TIME");
    verb.add_option("--health-start-interval", arguments.healthStartInterval,
            "between two checks until it is well, within that time (as --health-interval)")
        ->type_name("TIME");
    verb.add_option("--health-retries", arguments.healthRetries, "failures in a row that count (3)")->type_name("N");
    verb.add_option("--health-on-failure", arguments.healthOnFailure, "none, kill, restart or stop")
        ->type_name("ACTION");
    verb.add_option("--log-opt", arguments.logOptions, "max-size=10m, max-file=2")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
}

Result<Upkeep> upkeepFrom(const UpkeepArguments& arguments, Upkeep upkeep)
{
    if (!arguments.restart.empty()) {
        auto policy = decodeRestartPolicy(arguments.restart);
        if (!policy)
            return std::move(policy).error().withContext("--restart");
        upkeep.restart = *policy;
    }
    upkeep.isRemovedAtEnd = upkeep.isRemovedAtEnd || arguments.isRemovedAtEnd;
    if (arguments.hasNoHealthCheck || arguments.healthCommand == "none") {
        upkeep.hasNoHealthCheck = true;
        upkeep.health.reset();
    } else if (hasHealth(arguments)) {
        upkeep.hasNoHealthCheck = false;
        HealthCheck health = upkeep.health.value_or(HealthCheck{});
        if (auto taken = takeHealth(arguments, health); !taken)
            return std::move(taken).error();
        upkeep.health = std::move(health);
    }
    for (const auto& option : arguments.logOptions) {
        if (auto taken = takeLogOption(option, upkeep.log); !taken)
            return std::move(taken).error();
    }
    auto checked = checkUpkeep(upkeep);
    return checked ? Result<Upkeep>(std::move(upkeep)) : std::move(checked).error();
}

} // namespace twinhull
