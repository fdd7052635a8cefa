// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull::fuzz {

inline std::string_view textOf(const std::uint8_t* bytes, std::size_t size)
{
    return { reinterpret_cast<const char*>(bytes), size };
}

/// The parts between separators; always at least one.
inline std::vector<std::string> partsOf(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

/// A finding that no sanitizer sees.
inline void require(bool holds, const char* what)
{
    if (holds)
        return;
    (void)std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

/// An error that a person sees is one line, whatever came.
template <typename Value>
void requireOneLine(const Result<Value>& decoded)
{
    require(decoded || decoded.error().message.find('\n') == std::string::npos, "an error is one line");
}

} // namespace twinhull::fuzz
