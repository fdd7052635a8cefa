// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// RFC 4648, section 4: the standard alphabet, padded, without line ends.
std::string encodeBase64(std::string_view bytes);
/// Nothing when the text is anything else (section 3.3: other characters are refused; 3.5: so are stray bits).
std::optional<std::string> decodeBase64(std::string_view text);

} // namespace twinhull
