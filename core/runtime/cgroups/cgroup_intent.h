// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>

namespace twinhull::runtime {

/// The extended attribute of every cgroup folder that hull made: "1" for the folders above, ownerMark() for a
/// container's own. cgroup v2 has them since Linux 5.7.
inline constexpr const char* kMadeByHull = "user.org.twinhull.made";

/// Tells the cgroup of the container with this state folder from that of another --root that bears the same name.
std::string ownerMark(int stateFolder);

/// Notes in the container's folder which cgroup will be made, before it is made: a hull that is killed from here on,
/// and before it has written the record, leaves a trace to it. A later note replaces it. A place that is there already
/// is not noted: it is not ours to remove.
Result<> noteCgroup(int stateFolder, const std::string& place);

/// Ends and removes what the note names, with the folders above that were made with it and are empty. What belongs to
/// another container by now stays. A noted scope of systemd's is removed as well. No note is success.
Result<> removeNotedCgroup(const UniqueFd& stateFolder);

} // namespace twinhull::runtime
