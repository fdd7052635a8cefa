// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_digest.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr std::string_view kPrefix = "sha256:";
constexpr std::size_t kHexDigits = 64;
constexpr std::size_t kShownCharacters = 100; // of hostile text in a message

bool isLowerHex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

} // namespace

Result<Digest> Digest::parse(std::string_view text)
{
    if (text.starts_with(kPrefix))
        return fromHex(text.substr(kPrefix.size()));
    if (text.starts_with("sha512:"))
        return Error{ ErrorCode::Unsupported, "sha512 digests are not supported", 0, {} };
    return Error{ ErrorCode::Corrupt, "not a digest: \"" + std::string(text.substr(0, kShownCharacters)) + "\"", 0,
        {} };
}

Result<Digest> Digest::fromHex(std::string_view hex)
{
    if (hex.size() != kHexDigits || !std::all_of(hex.begin(), hex.end(), isLowerHex))
        return Error{ ErrorCode::Corrupt,
            "not a sha256 digest: \"" + std::string(hex.substr(0, kShownCharacters)) + "\"", 0, {} };
    return Digest(hex);
}

} // namespace twinhull
