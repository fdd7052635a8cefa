// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/monitor_messages.h"

#include "core/ipc/checkpoint_json.h"
#include "core/ipc/error_json.h"
#include "core/ipc/exit_record_json.h"
#include "core/ipc/message_json.h"

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr std::array<const char*, 12> kVerbs{ "status", "subscribe", "stop", "kill", "pause", "resume", "attach",
    "resize", "renamed", "checkpoint", "give-up", "feed" };
constexpr std::array<const char*, 7> kPhases{ "starting", "running", "paused", "stopping", "exited", "restarting",
    "saving" };
constexpr int kMostGraceMilliseconds = 3'600'000;
constexpr int kMostSignal = 64;
constexpr int kMostCells = 10'000; // of a terminal in a row or column
constexpr std::size_t kMarkLimit = 64;
constexpr std::size_t kHelperLimit = 16;

Error corruptMonitorMessage(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "monitor message: " + what, 0, {} };
}

template <std::size_t N>
std::optional<std::size_t> indexOf(const std::array<const char*, N>& names, const std::string& name)
{
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(std::distance(names.begin(), found)));
}

std::string line(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json restartJson(const RestartState& restart)
{
    return { { "count", restart.count }, { "delayMilliseconds", restart.delayMilliseconds },
        { "dueWallMilliseconds", restart.dueWallMilliseconds } };
}

/// What older monitors do not tell.
void readUpkeep(const Json& json, MonitorStatus& status)
{
    status.isStopAsked = json.value("isStopAsked", false);
    status.bootId = json.value("bootId", std::string());
    status.health = healthFromName(json.value("health", std::string()));
    for (const auto& place : json.value("places", Json::array()))
        status.places.push_back({ place.at("network").get<std::string>(), place.at("ipv4").get<std::string>(),
            place.at("ipv6").get<std::string>() });
    if (json.contains("checkpoint")) {
        const auto& outcome = json.at("checkpoint");
        status.checkpoint = { outcome.at("wallMilliseconds").get<std::int64_t>(),
            outcome.at("problem").get<std::string>(), outcome.at("hint").get<std::string>() };
    }
    if (!json.contains("restart"))
        return;
    const auto& restart = json.at("restart");
    status.restart = { restart.at("count").get<unsigned>(), restart.at("delayMilliseconds").get<std::int64_t>(),
        restart.at("dueWallMilliseconds").get<std::int64_t>() };
}

Json statusJson(const MonitorStatus& status)
{
    Json marks = Json::array();
    for (const auto& mark : status.marks)
        marks.push_back(Json{ { "name", mark.name }, { "ns", mark.monotonicNanoseconds } });
    Json json{ { "phase", kPhases[static_cast<std::size_t>(status.phase)] }, { "containerPid", status.containerPid },
        { "monitorPid", status.monitorPid }, { "helperPids", status.helperPids }, { "cgroupPath", status.cgroupPath },
        { "canPause", status.canPause }, { "hasTerminal", status.hasTerminal }, { "hasInput", status.hasInput },
        { "startedWallMilliseconds", status.startedWallMilliseconds }, { "marks", std::move(marks) },
        { "note", status.note }, { "isStopAsked", status.isStopAsked }, { "restart", restartJson(status.restart) } };
    if (!status.bootId.empty())
        json["bootId"] = status.bootId;
    for (const auto& place : status.places)
        json["places"].push_back({ { "network", place.network }, { "ipv4", place.ipv4 }, { "ipv6", place.ipv6 } });
    if (status.checkpoint)
        json["checkpoint"] = { { "wallMilliseconds", status.checkpoint->wallMilliseconds },
            { "problem", status.checkpoint->problem }, { "hint", status.checkpoint->hint } };
    if (status.health)
        json["health"] = nameOf(*status.health);
    if (status.exit)
        json["exit"] = exitRecordJson(*status.exit);
    return json;
}

void readMarks(const Json& json, std::vector<MonitorMark>& marks)
{
    if (!json.is_array() || json.size() > kMarkLimit)
        return;
    for (const auto& entry : json)
        marks.push_back({ entry.at("name").get<std::string>(), entry.at("ns").get<std::int64_t>() });
}

Result<MonitorStatus> statusFrom(const Json& json)
{
    MonitorStatus status;
    const auto phase = indexOf(kPhases, json.at("phase").get<std::string>());
    if (!phase)
        return corruptMonitorMessage("unknown phase");
    status.phase = static_cast<MonitorPhase>(*phase);
    status.containerPid = json.at("containerPid").get<pid_t>();
    status.monitorPid = json.at("monitorPid").get<pid_t>();
    status.helperPids = json.at("helperPids").get<std::vector<pid_t>>();
    if (status.helperPids.size() > kHelperLimit)
        return corruptMonitorMessage("too many helpers");
    status.cgroupPath = json.at("cgroupPath").get<std::string>();
    status.canPause = json.at("canPause").get<bool>();
    status.hasTerminal = json.value("hasTerminal", false);
    status.hasInput = json.value("hasInput", false);
    status.startedWallMilliseconds = json.at("startedWallMilliseconds").get<std::int64_t>();
    readMarks(json.at("marks"), status.marks);
    status.note = json.at("note").get<std::string>();
    readUpkeep(json, status);
    if (!json.contains("exit"))
        return status;
    auto exit = exitRecordFrom(json.at("exit"));
    if (!exit)
        return std::move(exit).error();
    status.exit = *std::move(exit);
    return status;
}

std::optional<TerminalSize> sizeFrom(const Json& json)
{
    const auto columns = json.value("columns", std::int64_t{ 0 });
    const auto rows = json.value("rows", std::int64_t{ 0 });
    if (columns < 0 || columns > kMostCells || rows < 0 || rows > kMostCells)
        return std::nullopt;
    return TerminalSize{ static_cast<std::uint16_t>(columns), static_cast<std::uint16_t>(rows) };
}

} // namespace

std::string encodeMonitorRequest(const MonitorRequest& request)
{
    return line(Json{ { "do", kVerbs[static_cast<std::size_t>(request.verb)] }, { "signal", request.signal },
        { "graceMilliseconds", request.graceMilliseconds }, { "columns", request.size.columns },
        { "rows", request.size.rows }, { "checkpoint", checkpointChoiceJson(request.checkpoint) } });
}

Result<MonitorRequest> decodeMonitorRequest(std::string_view text)
{
    if (text.size() > kMonitorRequestLimitBytes)
        return corruptMonitorMessage("too long");
    try {
        const Json json = Json::parse(text, wholeNumbersOnly());
        const auto verb = indexOf(kVerbs, json.at("do").get<std::string>());
        if (!verb)
            return Error{ ErrorCode::InvalidArgument, "monitor message: unknown request", 0, {} };
        const auto signal = json.value("signal", std::int64_t{ 0 });
        const auto grace = json.value("graceMilliseconds", std::int64_t{ MonitorRequest{}.graceMilliseconds });
        const auto size = sizeFrom(json);
        if (signal < 0 || signal > kMostSignal || grace < 0 || grace > kMostGraceMilliseconds || !size)
            return Error{ ErrorCode::InvalidArgument, "monitor message: a number is out of range", 0, {} };
        return MonitorRequest{ static_cast<MonitorVerb>(*verb), static_cast<int>(signal), static_cast<int>(grace),
            *size, checkpointChoiceFrom(json.value("checkpoint", Json::object())) };
    } catch (const Json::exception& error) {
        return corruptMonitorMessage(error.what());
    }
}

std::string encodeMonitorReply(const Result<MonitorStatus>& reply)
{
    return line(reply ? Json{ { "status", statusJson(*reply) } } : Json{ { "error", errorJson(reply.error()) } });
}

Result<MonitorStatus> decodeMonitorReply(std::string_view text)
{
    if (text.size() > kMonitorReplyLimitBytes)
        return corruptMonitorMessage("too long");
    try {
        const Json json = Json::parse(text, wholeNumbersOnly());
        return json.contains("error") ? Result<MonitorStatus>(errorFrom(json.at("error")))
                                      : statusFrom(json.at("status"));
    } catch (const Json::exception& error) {
        return corruptMonitorMessage(error.what());
    }
}

} // namespace twinhull
