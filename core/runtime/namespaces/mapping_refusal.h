// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string>
#include <utility>

namespace twinhull::runtime {

/// subuid(5) and subgid(5), or what a test puts in their place.
struct SubordinateFiles {
    std::string uids = "/etc/subuid";
    std::string gids = "/etc/subgid";
};

/// `error` of `program` (newuidmap or newgidmap), with the piece that this user lacks and the command that brings it.
Error explainRefusedMap(Error error, const std::string& program, const SubordinateFiles& files = {});

/// The first and last of 65536 ids that nobody has in either file, from 100000 up as useradd(8) gives them.
std::pair<std::uint64_t, std::uint64_t> freeSubordinateIds(const SubordinateFiles& files);

} // namespace twinhull::runtime
