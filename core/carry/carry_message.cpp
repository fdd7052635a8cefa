// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/carry/carry_message.h"

#include <climits>
#include <concepts>

namespace twinhull {

namespace {

constexpr std::size_t kHeadBytes = 5; // length of what follows it, kind
constexpr std::size_t kFixedBytes = 2 + 4 + 4 + 4 + 8 + 4 + 8 + 1; // name's length to code
constexpr std::size_t kBodyLimit = kFixedBytes + NAME_MAX + kCarryBytesLimit;
constexpr std::uint32_t kNanosecondsLimit = 1'000'000'000;
constexpr mode_t kPermissions = 07777;

Error corrupt(const char* what)
{
    return Error{ ErrorCode::Corrupt, std::string("stream of files: ") + what, 0, {} };
}

/// Little-endian, whatever the machine.
template <std::unsigned_integral Number>
void put(std::string& to, Number number)
{
    for (unsigned i = 0; i < sizeof(Number); ++i)
        to.push_back(static_cast<char>(static_cast<unsigned char>(number >> (8U * i))));
}

template <std::unsigned_integral Number>
Number numberAt(std::string_view bytes, std::size_t& at)
{
    std::uint64_t number = 0;
    for (unsigned i = 0; i < sizeof(Number); ++i)
        number |= std::uint64_t(static_cast<unsigned char>(bytes[at + i])) << (8U * i);
    at += sizeof(Number);
    return static_cast<Number>(number);
}

Result<> check(const CarryMessage& message)
{
    if (message.kind < CarryKind::Folder || message.kind > CarryKind::Failed || message.code > ErrorCode::Io)
        return corrupt("unknown message");
    if (!message.name.empty() && !isCarriedName(message.name))
        return corrupt("a name that is none");
    if (message.attributes.modifiedNanoseconds >= kNanosecondsLimit || message.attributes.permissions > kPermissions)
        return corrupt("bad attributes");
    if (message.kind == CarryKind::Symlink
        && (message.text.empty() || message.text.size() >= PATH_MAX || message.text.find('\0') != std::string::npos))
        return corrupt("bad symbolic link");
    if (message.kind == CarryKind::Listed
        && (message.text.size() > PATH_MAX + 2 || message.text.find('\0') != std::string::npos))
        return corrupt("bad name of a folder");
    if (message.bytes > std::uint64_t(INT64_MAX) - kCarryBytesLimit)
        return corrupt("bad size");
    return {};
}

Result<CarryMessage> messageFrom(char kind, std::string_view body)
{
    std::size_t at = 0;
    CarryMessage message;
    message.kind = static_cast<CarryKind>(kind);
    const auto nameBytes = numberAt<std::uint16_t>(body, at);
    message.attributes.permissions = numberAt<std::uint32_t>(body, at);
    message.attributes.uid = numberAt<std::uint32_t>(body, at);
    message.attributes.gid = numberAt<std::uint32_t>(body, at);
    message.attributes.modifiedSeconds = static_cast<std::int64_t>(numberAt<std::uint64_t>(body, at));
    message.attributes.modifiedNanoseconds = numberAt<std::uint32_t>(body, at);
    message.bytes = numberAt<std::uint64_t>(body, at);
    message.code = static_cast<ErrorCode>(numberAt<std::uint8_t>(body, at));
    if (nameBytes > body.size() - at || body.size() - at - nameBytes > kCarryBytesLimit)
        return corrupt("bad length");
    message.name = body.substr(at, nameBytes);
    message.text = body.substr(at + nameBytes);
    if (auto checked = check(message); !checked)
        return std::move(checked).error();
    return message;
}

} // namespace

std::string encodeCarryMessage(const CarryMessage& message)
{
    std::string line;
    line.reserve(kHeadBytes + kFixedBytes + message.name.size() + message.text.size());
    put(line, static_cast<std::uint32_t>(kFixedBytes + message.name.size() + message.text.size()));
    put(line, static_cast<std::uint8_t>(message.kind));
    put(line, static_cast<std::uint16_t>(message.name.size()));
    put(line, std::uint32_t{ message.attributes.permissions });
    put(line, std::uint32_t{ message.attributes.uid });
    put(line, std::uint32_t{ message.attributes.gid });
    put(line, static_cast<std::uint64_t>(message.attributes.modifiedSeconds));
    put(line, message.attributes.modifiedNanoseconds);
    put(line, message.bytes);
    put(line, static_cast<std::uint8_t>(message.code));
    return line + message.name + message.text;
}

Result<std::optional<CarryMessage>> CarryDecoder::take()
{
    const std::string_view left = std::string_view(m_waiting).substr(m_taken);
    std::size_t at = 0;
    const auto bodyBytes = left.size() < kHeadBytes ? kFixedBytes : numberAt<std::uint32_t>(left, at);
    if (bodyBytes < kFixedBytes || bodyBytes > kBodyLimit)
        return corrupt("bad length");
    if (left.size() < kHeadBytes + bodyBytes) {
        m_waiting.erase(0, m_taken);
        m_taken = 0;
        return std::optional<CarryMessage>();
    }
    auto message = messageFrom(left[at], left.substr(kHeadBytes, bodyBytes));
    if (!message)
        return std::move(message).error();
    m_taken += kHeadBytes + bodyBytes;
    return std::optional(*std::move(message));
}

bool isCarriedName(std::string_view name)
{
    return !name.empty() && name.size() <= NAME_MAX && name != "." && name != ".."
        && name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

std::string withoutControls(std::string_view text)
{
    constexpr std::size_t kLongest = 1024;
    constexpr unsigned char kDelete = 0x7F;
    std::string shown(text.substr(0, kLongest));
    for (char& letter : shown) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < ' ' || byte == kDelete)
            letter = '?';
    }
    return shown;
}

} // namespace twinhull
