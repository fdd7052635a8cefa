// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_digest.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::string_view kPrefix = "sha256:";
constexpr std::size_t kHexDigits = 64;
constexpr std::size_t kShownCharacters = 100;

bool isLowerHex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// Hostile text in a message, which stays one line.
std::string shown(std::string_view text)
{
    std::string line(text.substr(0, kShownCharacters));
    std::replace_if(
        line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
    return "\"" + line + "\"";
}

} // namespace

Result<Digest> Digest::parse(std::string_view text)
{
    if (text.starts_with(kPrefix))
        return fromHex(text.substr(kPrefix.size()));
    if (text.starts_with("sha512:"))
        return Error{ ErrorCode::Unsupported, "sha512 digests are not supported", 0, {} };
    return Error{ ErrorCode::Corrupt, "not a digest: " + shown(text), 0, {} };
}

Result<Digest> Digest::fromHex(std::string_view hex)
{
    if (hex.size() != kHexDigits || !std::all_of(hex.begin(), hex.end(), isLowerHex))
        return Error{ ErrorCode::Corrupt, "not a sha256 digest: " + shown(hex), 0, {} };
    return Digest(hex);
}

} // namespace twinhull
