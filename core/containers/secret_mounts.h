// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_options.h"
#include "core/oci/runtime_spec.h"

#include <string>
#include <vector>

namespace twinhull {

/// What makes a container's secrets files of a read-only tmpfs at /run/secrets, in order, to stand behind all other
/// mounts; hull reads them at each start. One whose target lies elsewhere is bound there from the tmpfs. Empty without
/// secrets. `secretsFolder` is DataFolders::secrets().
std::vector<oci::Mount> secretMounts(const std::vector<ContainerSecret>& secrets, const std::string& secretsFolder);

} // namespace twinhull
