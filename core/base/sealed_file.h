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

} // namespace twinhull
