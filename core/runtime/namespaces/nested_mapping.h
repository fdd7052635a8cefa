// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/namespaces/id_mapping.h"

#include <string_view>

namespace twinhull::runtime {

/// The lines of a file /proc/PID/uid_map or gid_map (user_namespaces(7)); what is no such line is passed over.
IdMappings parseMappingText(std::string_view text);

/// `mappings` for a user namespace whose parent has those of `parent`, both with the same outside: the numbers of the
/// parent take the place of that outside's. Ranges are cut where the parent's are. InvalidArgument names the first id
/// that the parent does not have.
Result<IdMappings> mappingsWithin(const IdMappings& parent, const IdMappings& mappings);

} // namespace twinhull::runtime
