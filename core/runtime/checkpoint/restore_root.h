// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/mounts/root_filesystem.h"

#include <string>

namespace twinhull::runtime {

/// What criu restores into: it wants the root file system as a mount whose parent is not covered, and everything that
/// is mounted below to find its place.
struct RestoreRoot {
    const oci::RuntimeSpec& spec;
    const std::string& bundle;
    RootFilesystem root;
    std::string place; ///< an empty folder
};

/// In criu's own mount namespace, which nobody else sees and which goes with it: mounts the root, layers included,
/// makes the mount points that it lacks, and shows it on `place`.
Result<> buildRestoreRoot(Syscalls& calls, const RestoreRoot& request);

/// Makes the root of a restored container read-only: criu gives back the flags of every mount but that one's. Its
/// processes must not run yet.
Result<> sealRestoredRoot(Syscalls& calls, const UniqueFd& pidfd);

} // namespace twinhull::runtime
