// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace twinhull {

/// A sha256 digest that cannot be malformed, so that it may become a file name (image-spec descriptor.md, digests).
class Digest {
public:
    /// "sha256:" and 64 lower-case hex digits; another algorithm is Unsupported, anything else Corrupt.
    static Result<Digest> parse(std::string_view text);
    /// Of 64 lower-case hex digits.
    static Result<Digest> fromHex(std::string_view hex);

    const std::string& hex() const { return m_hex; }
    std::string toString() const { return "sha256:" + m_hex; }

    friend bool operator==(const Digest&, const Digest&) = default;
    friend auto operator<=>(const Digest&, const Digest&) = default;

private:
    explicit Digest(std::string_view hex) : m_hex(hex) { }

    std::string m_hex;
};

} // namespace twinhull
