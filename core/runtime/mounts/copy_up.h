// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>
#include <vector>

namespace twinhull::runtime {

enum class DeviceNodes { MakeWherePossible, LeaveOut };

/// Fills a new folder `to` (may be O_PATH) with what `from` holds: folders, files with their holes, links, nodes; with
/// mode, owner and time. Never follows a link. The top takes mode and owner of `from` unless `options` names them
/// ("mode=…", "uid=…", "gid=…"). No deeper than 64 folders.
Result<> copyUp(const UniqueFd& from, const UniqueFd& to, const std::vector<std::string>& options, DeviceNodes nodes);

} // namespace twinhull::runtime
