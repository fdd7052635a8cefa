// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/checkpoint/mount_table.h"

#include <string>
#include <utility>
#include <vector>

namespace twinhull::runtime {

/// Mounts of a container that show what lies outside of it: criu does not save them, it is told their names (criu(8),
/// --external mnt). The name of a bind mount is the destination in config.json, that of a device of the host its path,
/// as runc has it.
using ExternalMounts = std::vector<std::pair<std::string, std::string>>;

/// Whether config.json asks for a bind mount here.
bool isBind(const oci::Mount& mount);

/// For a checkpoint: mount point and name of each, from the container's own table of mounts. `resolved`: where the
/// destinations of `mounts` lie once links are followed, in the same order. Unsupported, with the mount's place, for
/// one that a restore could not find again: it came into the container in another way than by config.json.
Result<ExternalMounts> externalMountsOf(const std::vector<MountLine>& table, const std::vector<oci::Mount>& mounts,
    const std::vector<std::string>& resolved);

/// For a restore: name and path on the host, of everything that a checkpoint of this container may have named. `host`:
/// the host's mounts, for those that a bind mount brings with it.
ExternalMounts externalSourcesOf(
    const oci::RuntimeSpec& spec, const std::string& bundle, const std::vector<MountLine>& host);

} // namespace twinhull::runtime
