// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// Which ids inside a container are those of the person who runs the program (podman's keep-id). Usually that is 0:0,
/// root; all else inside is of the person's subordinate range either way.
struct KeptIds {
    std::uint32_t user = 0;
    std::uint32_t group = 0;

    friend bool operator==(const KeptIds&, const KeptIds&) = default;
};

/// "1000-1000": in names of files and as an argument.
std::string keptIdsText(const KeptIds& ids);
/// What keptIdsText() writes; nothing for any other text.
std::optional<KeptIds> keptIdsFrom(std::string_view text);

/// The largest number that an id can be: the one above it says "none" (chown(2)).
constexpr std::uint32_t kLargestId = 4'294'967'294;

} // namespace twinhull
