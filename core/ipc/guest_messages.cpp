// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/guest_messages.h"

#include "core/ipc/message_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr std::array<const char*, 3> kAsks{ "report", "figures", "shutdown" };
constexpr std::array<const char*, 3> kPhases{ "running", "ended", "failed" };
struct GuestFigure {
    const char* key;
    std::optional<std::uint64_t> GuestReading::*value;
};
constexpr std::array kFigures{
    GuestFigure{ "memoryTotalBytes", &GuestReading::memoryTotalBytes },
    GuestFigure{ "memoryAvailableBytes", &GuestReading::memoryAvailableBytes },
    GuestFigure{ "memoryCacheBytes", &GuestReading::memoryCacheBytes },
    GuestFigure{ "swapUsedBytes", &GuestReading::swapUsedBytes },
    GuestFigure{ "loadThousandths", &GuestReading::loadThousandths },
    GuestFigure{ "rootUsedBytes", &GuestReading::rootUsedBytes },
    GuestFigure{ "rootSizeBytes", &GuestReading::rootSizeBytes },
    GuestFigure{ "networkReceivedBytes", &GuestReading::networkReceivedBytes },
    GuestFigure{ "networkSentBytes", &GuestReading::networkSentBytes },
    GuestFigure{ "networkReceivedPackets", &GuestReading::networkReceivedPackets },
    GuestFigure{ "networkSentPackets", &GuestReading::networkSentPackets },
    GuestFigure{ "cpuNanoseconds", &GuestReading::cpuNanoseconds },
};
constexpr std::size_t kMarkLimit = 32;
constexpr std::size_t kMarkNameLimit = 24;
constexpr std::int64_t kAgeLimitNanoseconds = std::int64_t{ 1'000'000'000 } * 3600 * 24 * 366;
constexpr std::string_view kExitText = "[twinhull] entrypoint ended with status ";

Error corruptMessage(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "guest message: " + what, 0, {} };
}

template <typename Enum, std::size_t N>
std::optional<Enum> named(const std::array<const char*, N>& names, const std::string& name)
{
    for (std::size_t i = 0; i < N; ++i) {
        if (name == names[i])
            return static_cast<Enum>(i);
    }
    return std::nullopt;
}

bool isMarkName(const std::string& name)
{
    return !name.empty() && name.size() <= kMarkNameLimit
        && std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

std::optional<std::uint64_t> optionalCount(const Json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_number_unsigned() ? std::optional(found->get<std::uint64_t>())
                                                              : std::nullopt;
}

GuestReading readingFrom(const Json& json)
{
    GuestReading reading;
    for (const GuestFigure& figure : kFigures)
        reading.*figure.value = optionalCount(json, figure.key);
    return reading;
}

Json jsonFrom(const GuestReading& reading)
{
    Json json = Json::object();
    for (const GuestFigure& figure : kFigures) {
        if (const auto& value = reading.*figure.value)
            json[figure.key] = *value;
    }
    return json;
}

Result<std::vector<GuestMark>> marksFrom(const Json& json)
{
    std::vector<GuestMark> marks;
    if (!json.is_array() || json.size() > kMarkLimit)
        return corruptMessage("bad marks");
    for (const Json& entry : json) {
        GuestMark mark{ entry.at("name").get<std::string>(), entry.at("ageNanoseconds").get<std::int64_t>() };
        if (!isMarkName(mark.name) || mark.ageNanoseconds < 0 || mark.ageNanoseconds > kAgeLimitNanoseconds)
            return corruptMessage("bad mark");
        marks.push_back(std::move(mark));
    }
    return marks;
}

Result<GuestReply> replyFrom(const Json& json)
{
    GuestReply reply;
    reply.id = json.at("id").get<std::uint64_t>();
    const auto phase = named<GuestPhase>(kPhases, json.at("phase").get<std::string>());
    if (!phase)
        return corruptMessage("unknown phase");
    reply.phase = *phase;
    auto marks = marksFrom(json.at("marks"));
    if (!marks)
        return std::move(marks).error();
    reply.marks = std::move(*marks);
    if (const auto status = json.find("exitStatus"); status != json.end()) {
        reply.exitStatus = status->get<int>();
        if (*reply.exitStatus < 0 || *reply.exitStatus > 255)
            return corruptMessage("bad exit status");
    }
    if (const auto error = json.find("error"); error != json.end())
        reply.error = printable(error->get<std::string>());
    if (const auto reading = json.find("reading"); reading != json.end())
        reply.reading = readingFrom(*reading);
    return reply;
}

std::string lineOf(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace

std::string encodeGuestRequest(const GuestRequest& request)
{
    return lineOf({ { "id", request.id }, { "ask", kAsks.at(static_cast<std::size_t>(request.ask)) } });
}

Result<GuestRequest> decodeGuestRequest(std::string_view line)
{
    if (line.size() > kGuestLineLimitBytes)
        return corruptMessage("too long");
    try {
        const Json json = Json::parse(line, wholeNumbersOnly());
        const auto ask = named<GuestAsk>(kAsks, json.at("ask").get<std::string>());
        if (!ask)
            return corruptMessage("unknown request");
        return GuestRequest{ json.at("id").get<std::uint64_t>(), *ask };
    } catch (const Json::exception& failure) {
        return corruptMessage(failure.what());
    }
}

std::string encodeGuestReply(const GuestReply& reply)
{
    Json json{ { "id", reply.id }, { "phase", kPhases.at(static_cast<std::size_t>(reply.phase)) },
        { "marks", Json::array() } };
    for (const GuestMark& mark : reply.marks)
        json["marks"].push_back({ { "name", mark.name }, { "ageNanoseconds", mark.ageNanoseconds } });
    if (reply.exitStatus)
        json["exitStatus"] = *reply.exitStatus;
    if (!reply.error.empty())
        json["error"] = reply.error;
    if (reply.reading)
        json["reading"] = jsonFrom(*reply.reading);
    return lineOf(json);
}

Result<GuestReply> decodeGuestReply(std::string_view line)
{
    if (line.size() > kGuestLineLimitBytes)
        return corruptMessage("too long");
    try {
        return replyFrom(Json::parse(line, wholeNumbersOnly()));
    } catch (const Json::exception& failure) {
        return corruptMessage(printable(failure.what()));
    }
}

std::string guestExitLine(int exitStatus)
{
    return std::string(kExitText) + std::to_string(exitStatus) + "\n";
}

std::optional<int> exitStatusFromConsole(std::string_view consoleTail)
{
    const auto found = consoleTail.rfind(kExitText);
    if (found == std::string_view::npos)
        return std::nullopt;
    const std::string_view rest = consoleTail.substr(found + kExitText.size());
    int status = -1;
    const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), status);
    if (failure != std::errc() || status < 0 || status > 255)
        return std::nullopt;
    return status;
}

} // namespace twinhull
