// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/guest_sessions.h"

#include "core/ipc/base64.h"
#include "core/ipc/message_json.h"

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr std::array<const char*, 9> kKinds{ "open", "input", "inputEnd", "resize", "started", "output", "errorOutput",
    "ended", "failed" };
constexpr std::size_t kWordLimit = 4096;

Error corruptSession(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "guest session: " + what, 0, {} };
}

bool isInput(SessionKind kind)
{
    return kind == SessionKind::Input || kind == SessionKind::Output || kind == SessionKind::ErrorOutput;
}

/// Words of programs are bytes, and JSON is UTF-8: they go as base64.
Json wordsOf(const std::vector<std::string>& words)
{
    Json list = Json::array();
    for (const auto& word : words)
        list.push_back(encodeBase64(word));
    return list;
}

std::optional<std::string> textFrom(const Json& json)
{
    auto text = decodeBase64(json.get_ref<const std::string&>());
    return text && text->find('\0') == std::string::npos ? std::move(text) : std::nullopt;
}

Result<std::vector<std::string>> wordsFrom(const Json& json)
{
    if (!json.is_array() || json.size() > kWordLimit)
        return corruptSession("bad words");
    std::vector<std::string> words;
    for (const Json& entry : json) {
        auto word = textFrom(entry);
        if (!word)
            return corruptSession("bad word");
        words.push_back(*std::move(word));
    }
    return words;
}

std::uint16_t cellsFrom(const Json& json)
{
    return static_cast<std::uint16_t>(std::min<std::uint64_t>(json.get<std::uint64_t>(), UINT16_MAX));
}

Json commandJson(const GuestCommand& command)
{
    return { { "arguments", wordsOf(command.arguments) }, { "environment", wordsOf(command.environment) },
        { "user", encodeBase64(command.user) }, { "workingFolder", encodeBase64(command.workingFolder) },
        { "terminal", command.hasTerminal }, { "programBytes", command.programBytes }, { "columns", command.columns },
        { "rows", command.rows } };
}

Result<GuestCommand> commandFrom(const Json& json)
{
    GuestCommand command;
    auto arguments = wordsFrom(json.at("arguments"));
    auto environment = wordsFrom(json.at("environment"));
    auto user = textFrom(json.at("user"));
    auto folder = textFrom(json.at("workingFolder"));
    if (!arguments || arguments->empty() || arguments->front().empty() || !environment || !user || !folder)
        return corruptSession("bad command");
    command.arguments = *std::move(arguments);
    command.environment = *std::move(environment);
    command.user = *std::move(user);
    command.workingFolder = *std::move(folder);
    command.hasTerminal = json.at("terminal").get<bool>();
    command.programBytes = json.at("programBytes").get<std::uint64_t>();
    if (command.programBytes > kSessionProgramLimitBytes)
        return corruptSession("bad program");
    command.columns = cellsFrom(json.at("columns"));
    command.rows = cellsFrom(json.at("rows"));
    return command;
}

/// A line whose bytes, which are nearly all of it, were taken out: base64 has no quote, so they need no reading as
/// JSON.
struct CutLine {
    std::optional<std::string_view> base64;
    std::string json;
};

constexpr std::string_view kBytesFirst = "{\"bytes\":\""; // as encodeSessionMessage() writes them

CutLine cut(std::string_view line)
{
    const auto end = line.starts_with(kBytesFirst) ? line.find('"', kBytesFirst.size()) : std::string_view::npos;
    if (end == std::string_view::npos || !line.substr(end).starts_with("\","))
        return { std::nullopt, std::string(line) };
    return { line.substr(kBytesFirst.size(), end - kBytesFirst.size()), "{" + std::string(line.substr(end + 2)) };
}

Result<> readBody(const Json& json, const std::optional<std::string_view>& base64, SessionMessage& message)
{
    if (isInput(message.kind)) {
        auto bytes = decodeBase64(base64 ? *base64 : json.at("bytes").get_ref<const std::string&>());
        if (!bytes || bytes->empty() || bytes->size() > kSessionBytesLimit)
            return corruptSession("bad bytes");
        message.bytes = *std::move(bytes);
    } else if (message.kind == SessionKind::Open) {
        auto command = commandFrom(json.at("command"));
        if (!command)
            return std::move(command).error();
        message.command = *std::move(command);
    } else if (message.kind == SessionKind::Resize) {
        message.command.columns = cellsFrom(json.at("columns"));
        message.command.rows = cellsFrom(json.at("rows"));
    } else if (message.kind == SessionKind::Ended) {
        const auto status = json.at("exitStatus").get<std::int64_t>();
        if (status < 0 || status > 255)
            return corruptSession("bad exit status");
        message.exitStatus = static_cast<int>(status);
    } else if (message.kind == SessionKind::Failed) {
        message.error = printable(json.at("error").get<std::string>());
    }
    return {};
}

Result<SessionMessage> messageFrom(const Json& json, const std::optional<std::string_view>& base64)
{
    const auto& name = json.at("kind").get_ref<const std::string&>();
    const auto found = std::find(kKinds.begin(), kKinds.end(), name);
    if (found == kKinds.end() || !json.at("session").is_number_unsigned())
        return corruptSession("unknown kind");
    SessionMessage message;
    message.session = json.at("session").get<std::uint64_t>();
    message.kind = static_cast<SessionKind>(found - kKinds.begin());
    if (auto read = readBody(json, base64, message); !read)
        return std::move(read).error();
    return message;
}

} // namespace

std::string guestSessionPort(int number)
{
    return "org.twinhull.exec." + std::to_string(number);
}

std::string encodeSessionMessage(const SessionMessage& message)
{
    Json json{ { "session", message.session }, { "kind", kKinds.at(static_cast<std::size_t>(message.kind)) } };
    if (message.kind == SessionKind::Open)
        json["command"] = commandJson(message.command);
    else if (message.kind == SessionKind::Resize)
        json.update({ { "columns", message.command.columns }, { "rows", message.command.rows } });
    else if (message.kind == SessionKind::Ended)
        json["exitStatus"] = message.exitStatus;
    else if (message.kind == SessionKind::Failed)
        json["error"] = message.error;
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
    if (!isInput(message.kind))
        return text;
    return std::string(kBytesFirst) + encodeBase64(message.bytes) + "\"," + text.substr(1);
}

Result<SessionMessage> decodeSessionMessage(std::string_view line)
{
    if (line.size() > kSessionLineLimitBytes)
        return corruptSession("too long");
    try {
        const CutLine parts = cut(line);
        return messageFrom(Json::parse(parts.json, wholeNumbersOnly()), parts.base64);
    } catch (const Json::exception& failure) {
        return corruptSession(printable(failure.what()));
    }
}

} // namespace twinhull
