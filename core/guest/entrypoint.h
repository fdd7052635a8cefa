// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/guest_setup.h"

#include <sys/types.h>

namespace twinhull {

/// Absolute path of the program: as it is when it has a slash, else the first executable in `pathVariable`.
Result<std::string> findEntrypoint(const std::string& program, const std::string& pathVariable);

/// Starts the program of the setup in a session of its own, standard output and error on `output`. Returns once its
/// exec went through; the caller reaps it.
Result<pid_t> startEntrypoint(const GuestSetup& setup, const UniqueFd& output);

} // namespace twinhull
