// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace twinhull {

/// Makes a sparse file at `path` with an empty ext4 of kOverlayBytes: a copy of a template in `folder`, which is made
/// by mke2fs when it is not there. The tables are zero already, so the guest has nothing to initialize.
Result<> makeOverlayDisk(const std::string& path, const std::string& folder);

/// Copies what is allocated of a file of which most is a hole; the rest stays a hole. Shares the blocks where the file
/// system can (FICLONE). `target` must not exist.
Result<> copySparse(const std::string& source, const std::string& target);

} // namespace twinhull
