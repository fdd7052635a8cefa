// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/syscalls.h"

#include <vector>

namespace twinhull::runtime {

/// A user namespace with these ids that nobody lives in; it is there as long as the descriptor (ioctl_ns(2)).
Result<UniqueFd> makeUserNamespace(
    Syscalls& calls, const std::vector<oci::IdMapping>& uids, const std::vector<oci::IdMapping>& gids);

/// For a process in a user namespace with an id 0. `isGroupChangeDenied`: setgroups(2) is forbidden there.
Result<> becomeRootOfUserNamespace(bool isGroupChangeDenied);

/// Whether the container's namespace forbids setgroups(2): one group of an ordinary user's (user_namespaces(7)).
bool mayNotSetGroups(const oci::Linux& linux_);

} // namespace twinhull::runtime
