// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/oci/runtime_spec.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace twinhull::runtime {

using IdMappings = std::vector<oci::IdMapping>;

/// Gives the user namespace of `pid` its ids (user_namespaces(7)). As root, or for the caller's own single id, by
/// writing the map; else by newuidmap and newgidmap. What is missing is named with the command that adds it.
Result<> writeIdMappings(pid_t pid, const IdMappings& uids, const IdMappings& gids);

/// One line per mapping, as the kernel reads them.
std::string mappingText(const IdMappings& mappings);

/// The caller's own id as 0, and its first range of /etc/subuid or /etc/subgid (`file`) from 1 on, where it has one.
IdMappings ordinaryUserMappings(const std::string& file, const std::string& userName, std::uint32_t ownId);

/// Login name of the real user; its number where it has no name.
std::string ownUserName();

} // namespace twinhull::runtime
