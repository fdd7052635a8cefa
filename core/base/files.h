// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <fcntl.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace twinhull {

/// Every descriptor made here is close-on-exec. Errors name the path or the operation.

Result<UniqueFd> openAt(const UniqueFd& folder, const std::string& path, int flags, unsigned mode = 0600);
Result<UniqueFd> openPath(const std::string& path, int flags, unsigned mode = 0600);

/// Everything up to end of file; a file larger than `limitBytes` is an error (ErrorCode::Corrupt), never a truncated
/// read.
Result<std::string> readAll(const UniqueFd& file, std::size_t limitBytes);
Result<std::string> readFile(const std::string& path, std::size_t limitBytes = 16U << 20U);

Result<> writeAll(const UniqueFd& file, std::string_view text);

/// Writes beside `path` under a .partial name, fsyncs, renames over it and fsyncs the folder: after a crash the old or
/// the new text stands there.
Result<> writeFileAtomically(const std::string& path, std::string_view text, unsigned mode = 0600);

/// mkdir -p; folders that are made get `mode`.
Result<> makeFolders(const std::string& path, unsigned mode = 0700);

/// Of programs that change what is in the folder at once, the later ones wait for the first: flock(2) on it, held until
/// the descriptor is closed. The folder is made where it is missing.
Result<UniqueFd> waitForFolder(const std::string& path);

bool exists(const std::string& path);

/// Removes a file or a tree without following symbolic links or crossing into other file systems; a missing path is
/// success.
Result<> removeTree(const std::string& path);

/// Bytes allocated on disk (st_blocks) by a file or a tree; hard links are counted once.
Result<std::uint64_t> allocatedBytes(const std::string& path);

} // namespace twinhull
