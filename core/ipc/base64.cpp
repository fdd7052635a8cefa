// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/base64.h"

#include <array>
#include <cstdint>

namespace twinhull {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xFF;
constexpr std::uint32_t kSixBits = 0x3F;
constexpr std::uint32_t kByte = 0xFF;

constexpr std::array<std::uint8_t, 256> makeDigits()
{
    std::array<std::uint8_t, 256> digits{};
    digits.fill(kNoDigit);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
        digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
    return digits;
}

constexpr auto kDigits = makeDigits();

std::uint32_t byteAt(std::string_view bytes, std::size_t at)
{
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

std::uint32_t digitAt(std::string_view text, std::size_t at)
{
    return kDigits[static_cast<unsigned char>(text[at])];
}

} // namespace

// Both run over every byte of a command in an emulated guest: written by place, not appended.

std::string encodeBase64(std::string_view bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4, '=');
    char* to = text.data();
    for (std::size_t at = 0; at < bytes.size(); at += 3, to += 4) {
        const std::uint32_t group = byteAt(bytes, at) << 16U | byteAt(bytes, at + 1) << 8U | byteAt(bytes, at + 2);
        to[0] = kAlphabet[group >> 18U];
        to[1] = kAlphabet[group >> 12U & kSixBits];
        if (at + 1 < bytes.size())
            to[2] = kAlphabet[group >> 6U & kSixBits];
        if (at + 2 < bytes.size())
            to[3] = kAlphabet[group & kSixBits];
    }
    return text;
}

std::optional<std::string> decodeBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    std::string bytes(text.size() / 4 * 3, '\0');
    char* to = bytes.data();
    for (std::size_t at = 0; at < text.size(); at += 4, to += 3) {
        const bool isLast = at + 4 == text.size();
        const std::uint32_t third = isLast && padding > 1 ? 0 : digitAt(text, at + 2);
        const std::uint32_t fourth = isLast && padding > 0 ? 0 : digitAt(text, at + 3);
        const std::uint32_t group = digitAt(text, at) << 18U | digitAt(text, at + 1) << 12U | third << 6U | fourth;
        if ((digitAt(text, at) | digitAt(text, at + 1) | third | fourth) > kSixBits)
            return std::nullopt;
        to[0] = static_cast<char>(group >> 16U & kByte);
        to[1] = static_cast<char>(group >> 8U & kByte);
        to[2] = static_cast<char>(group & kByte);
    }
    for (std::size_t stray = 0; stray < padding; ++stray) {
        if (bytes.back() != '\0')
            return std::nullopt;
        bytes.pop_back();
    }
    return bytes;
}

} // namespace twinhull
