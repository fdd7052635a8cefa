// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <cstdint>
#include <string>
#include <vector>

namespace twinhull {

struct TarMember {
    std::string name;
    std::uint64_t offset = 0; ///< of its content in the archive
    std::uint64_t bytes = 0;
};

/// Where the regular files of an uncompressed tar are (ustar, pax and GNU long names), by reading its headers alone: an
/// appliance has gigabytes between two of them, and a stream would read all. Anybody's: at most 1,000 members, each of
/// them within the file; names are as they stand there.
Result<std::vector<TarMember>> indexTar(const UniqueFd& file);

} // namespace twinhull
