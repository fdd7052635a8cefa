// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/checkpoint/images.h"
#include "core/runtime/process/container_making.h"

namespace twinhull::runtime {

struct RestoreRequest {
    MakeRequest make; ///< the container, as for a start; `mode` is one of Run…
    CriuChoice choice;
};

/// From a bundle and the images of a checkpoint to a running container: reserves the id, makes cgroup and root, has
/// criu bring the processes back, runs the hooks of the host's side on the way, writes the record before anything runs
/// on, then the pid file, and hands over the terminal. A stopped container of the same id makes room. On failure
/// nothing is left: no process, no cgroup, no folder, no mount.
Result<MadeContainer> restoreContainer(Syscalls& calls, RestoreRequest request);

} // namespace twinhull::runtime
