// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/runtime/checkpoint/mount_table.h"

#include <string>
#include <utility>
#include <vector>

namespace twinhull::runtime {

/// Descriptors 0, 1 and 2 of a container's first process that come from outside, under the names that criu has for
/// such: "pipe:[1234]", "file[1f:2b]", "tty[8803:18]" (criu(8), --external and --inherit-fd). Others are told by their
/// path; they are the container's own and criu restores them itself.
using StreamNames = std::vector<std::string>;

inline constexpr const char* kStreamsFile = "descriptors.json"; ///< in the folder of images, as in runc's

/// `table`: the container's mounts, by which its own files are told from others.
Result<StreamNames> streamNamesOf(pid_t pid, const std::vector<MountLine>& table);

/// Those that criu must be told of before it saves: files and terminals.
std::vector<std::string> externalStreams(const StreamNames& names);

/// Names that take the place of one of the first descriptors of a restore, and which.
std::vector<std::pair<std::string, int>> inheritedStreams(const StreamNames& names);

/// Whole or not there: it is written when the images are.
Result<> writeStreamNames(const UniqueFd& images, const StreamNames& names);

/// NotFound where the folder holds no whole checkpoint.
Result<StreamNames> readStreamNames(const UniqueFd& images, const std::string& path);

} // namespace twinhull::runtime
