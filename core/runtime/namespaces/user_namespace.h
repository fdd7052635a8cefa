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

/// Whether this process is in the user namespace that the computer started with. An engine may call hull as the root of
/// one of its own, as podman does for an ordinary user, and then config.json names none.
bool isInFirstUserNamespace();

/// Whether the namespace that this process is in forbids setgroups(2) (user_namespaces(7)); never the first one.
bool isGroupChangeDenied();

/// Whether the container's namespace forbids setgroups(2): one group of an ordinary user's (user_namespaces(7)).
bool mayNotSetGroups(const oci::Linux& linux_);

/// crun's annotation run.oci.keep_original_groups, which podman sets for --group-add keep-groups: the caller's
/// additional groups stay, as the only ones.
bool keepsGroups(const oci::RuntimeSpec& spec);

} // namespace twinhull::runtime
