// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>

namespace twinhull {

struct DiskNumber {
    std::int64_t major = 0;
    std::int64_t minor = 0;
};

/// Of a whole disk, which is what io.max of cgroup v2 takes; InvalidArgument for a partition or anything else.
Result<DiskNumber> diskNumber(const std::string& path);

} // namespace twinhull
