// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

namespace twinhull {

/// An Error in a reply line. For core/ipc.
inline nlohmann::json errorJson(const Error& error)
{
    return { { "code", nameOf(error.code) }, { "message", error.message }, { "errno", error.sysErrno },
        { "hint", error.hint } };
}

inline ErrorCode errorCodeOf(const std::string& name)
{
    for (int code = 0; code <= static_cast<int>(ErrorCode::Io); ++code) {
        if (name == nameOf(static_cast<ErrorCode>(code)))
            return static_cast<ErrorCode>(code);
    }
    return ErrorCode::Unknown;
}

/// Throws nlohmann::json::exception where it is none.
inline Error errorFrom(const nlohmann::json& json)
{
    return { errorCodeOf(json.at("code").get<std::string>()), json.at("message").get<std::string>(),
        json.at("errno").get<int>(), json.at("hint").get<std::string>() };
}

} // namespace twinhull
