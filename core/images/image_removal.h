// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/images/image_layout.h"

#include <optional>
#include <string>

namespace twinhull {

/// Takes the reference, or the whole digest, out of the index; then removes the blobs, unpacked layers and disks that
/// no image needs any more. Blocks.
Result<> removeImage(const DataFolders& folders, const Digest& digest, const std::optional<std::string>& reference);

} // namespace twinhull
