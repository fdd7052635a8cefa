// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace twinhull {

/// NAME:PATH; a path of this computer is one that begins with "/" or ".", or has no colon.
struct InsidePlace {
    std::string name; ///< empty: this computer
    std::string path;
};

inline InsidePlace insidePlaceOf(const std::string& text)
{
    const auto colon = text.find(':');
    if (text.starts_with("/") || text.starts_with(".") || colon == std::string::npos || colon == 0)
        return { {}, text };
    return { text.substr(0, colon), text.substr(colon + 1) };
}

} // namespace twinhull
