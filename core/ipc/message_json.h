// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace twinhull {

/// For parse(): numbers with a fraction or an exponent are left out, but for the member `fractional`, so that they are
/// missed by name. Turning 1e83 into an integer, as get<int>() does, is undefined. For core/ipc and core/isolation.
inline nlohmann::json::parser_callback_t wholeNumbersOnly(std::string_view fractional = {})
{
    using Event = nlohmann::json::parse_event_t;
    return [fractional, key = std::string()](int, Event event, const nlohmann::json& parsed) mutable {
        if (event == Event::key)
            key = parsed.get<std::string>();
        return event != Event::value || !parsed.is_number_float() || (!key.empty() && key == fractional);
    };
}

/// What a person will read of what another program said: no control characters, no endless text.
inline std::string printable(std::string text)
{
    constexpr std::size_t kLimitBytes = 1024;
    text.resize(std::min(text.size(), kLimitBytes));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return text;
}

} // namespace twinhull
