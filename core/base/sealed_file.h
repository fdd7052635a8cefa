// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>
#include <string_view>

namespace twinhull {

/// A file in memory that nobody can change any more (memfd_create(2), fcntl(2): F_ADD_SEALS): a program of ours that
/// is given to a stranger must not be one that the stranger can write to. Close-on-exec.
Result<UniqueFd> sealedFile(const std::string& name, std::string_view bytes);

/// The same, to be executed.
Result<UniqueFd> sealedProgram(const std::string& name, std::string_view bytes);

/// An empty one to be filled and sealed and then executed, also where files in memory cannot be unless that is said
/// (sysctl vm.memfd_noexec).
Result<UniqueFd> programInMemory(const char* name);

} // namespace twinhull
