// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/base64.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace twinhull {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xFF;

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

} // namespace

std::string encodeBase64(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::uint32_t group = byteAt(bytes, at) << 16U | byteAt(bytes, at + 1) << 8U | byteAt(bytes, at + 2);
        const std::size_t digits = std::min<std::size_t>(bytes.size() - at, 3) + 1;
        for (std::size_t i = 0; i < 4; ++i)
            text += i < digits ? kAlphabet[group >> (18 - 6 * i) & 0x3FU] : '=';
    }
    return text;
}

std::optional<std::string> decodeBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool isPadding = at >= text.size() - padding;
        const std::uint8_t digit = isPadding ? 0 : kDigits[static_cast<unsigned char>(text[at])];
        if (digit == kNoDigit)
            return std::nullopt;
        group = group << 6U | digit;
        if (at % 4 == 3) {
            for (const unsigned shift : { 16U, 8U, 0U })
                bytes += static_cast<char>(group >> shift & 0xFFU);
            group = 0;
        }
    }
    for (std::size_t stray = 0; stray < padding; ++stray) {
        if (bytes.back() != '\0')
            return std::nullopt;
        bytes.pop_back();
    }
    return bytes;
}

} // namespace twinhull
