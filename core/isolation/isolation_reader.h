// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/isolation/isolation_view.h"

#include <sys/types.h>

namespace twinhull {

/// This process's own view: of its /proc and its /dev. Some milliseconds at most.
Result<IsolationView> readOwnView();

/// The view of another process of this computer, without entering it: `devices` is what it holds open, and absent where
/// that may not be read; visibleProcesses is absent. Reads small files of /proc: microseconds. NotFound when the
/// process is gone.
Result<IsolationView> readViewOf(pid_t pid);

/// The mounts of the text of a mountinfo file; lines that are not understood are left out.
std::vector<MountPoint> mountsFrom(std::string_view mountinfo);

} // namespace twinhull
