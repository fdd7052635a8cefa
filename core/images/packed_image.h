// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>

namespace twinhull {

/// What an image takes in the store as it was pulled (st_blocks): manifest, configuration and packed layers, those too
/// that other images have as well. `digest` is of its manifest ("sha256:…"). Reads two small documents; any thread.
Result<std::uint64_t> packedImageBytes(const std::string& imagesFolder, const std::string& digest);

} // namespace twinhull
