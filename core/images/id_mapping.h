// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/kept_ids.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// `count` ids from `inside` on are `outside` and on for the host (user_namespaces(7), /proc/PID/uid_map).
struct IdRange {
    std::uint32_t inside = 0;
    std::uint32_t outside = 0;
    std::uint32_t count = 0;
};

struct IdMappings {
    std::vector<IdRange> users;
    std::vector<IdRange> groups;
};

/// The one mapping that unpacked layers and containers of an ordinary user agree on: 0 is the person, 1 and up is the
/// subordinate range (/etc/subuid, /etc/subgid). Unavailable, with the command that helps, where there is none.
Result<IdMappings> subordinateMappings();

/// The same ids outside, with the person as `kept` inside; those of the subordinate range move up to where 0 was, in
/// their order. `usual` is of subordinateMappings().
IdMappings mappingsKeeping(const KeptIds& kept, const IdMappings& usual);

/// The ranges of a user in a subid file (subuid(5)), by name or number.
std::vector<IdRange> parseSubordinateIds(std::string_view file, std::string_view userName, std::uint32_t userId);

/// Moves this process, which must have one thread, into a new user namespace with that mapping and becomes its root.
Result<> enterUserNamespace(const IdMappings& mappings);

} // namespace twinhull
