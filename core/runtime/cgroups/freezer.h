// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace twinhull::runtime {

/// Stops every process of a container's cgroup until thaw(); returns when all of them stand still. Needs no controller:
/// cgroup.freeze is there wherever the folder is (cgroup-v2.rst, "Core Interface Files"). After 10 s without success
/// they are let go again.
Result<> freezeCgroup(const std::string& folder);
Result<> thawCgroup(const std::string& folder);

/// Whether it was told to; false where there is no such folder.
bool isCgroupFrozen(const std::string& folder);

} // namespace twinhull::runtime
