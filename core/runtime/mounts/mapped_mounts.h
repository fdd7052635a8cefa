// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/syscalls.h"

#include <map>

namespace twinhull::runtime {

/// Bind mounts whose ids are mapped (config.md, "idmap"), by their place in the list of config.json; not attached yet.
using MappedMounts = std::map<std::size_t, UniqueFd>;

/// Absolute; a relative source starts at the bundle.
std::string bindSource(const oci::Mount& mount, const std::string& bundle);

/// To be called in hull, before the container exists: the kernel lets only those map ids who rule the user namespace
/// that the file system was mounted in (mount_setattr(2), MOUNT_ATTR_IDMAP), and a container's root does not. Ids are
/// those of the mount's own mappings, or else of the container's user namespace.
Result<MappedMounts> makeMappedMounts(Syscalls& calls, const oci::RuntimeSpec& spec, const std::string& bundle);

} // namespace twinhull::runtime
