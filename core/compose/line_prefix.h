// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace twinhull {

/// Puts a name before each line of what comes in pieces: "web | STEP 1/3: FROM base". A line that is written over
/// (after "\r") begins anew.
class LinePrefix {
public:
    explicit LinePrefix(const std::string& name);

    std::string of(std::string_view bytes);

private:
    std::string m_prefix;
    char m_last = '\n';
};

} // namespace twinhull
