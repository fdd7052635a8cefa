// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/keeper_arguments.h"

#include <sys/types.h>

namespace twinhull {

/// How the two halves of network-keeper find together: the one that starts it stays where it is and goes; the other
/// becomes the keeper, in a user namespace (unless there are no ids for one) and a network namespace of its own.
///
///   keeper: NamespaceMade -> starter: maps ids, Mapped -> keeper: NetworkMade -> starter: starts the helper in that
///   network, its pid -> keeper: listens, a reply line, end of file

struct KeeperPipes {
    UniqueFd fromKeeper;
    UniqueFd toKeeper;
};

/// In the keeper's half: moves this process, which has one thread. `toStarter` and `fromStarter` are its ends.
Result<> enterKeeperNamespaces(
    const KeeperArguments& arguments, const UniqueFd& toStarter, const UniqueFd& fromStarter);

/// In the starter's half, for a child that does that.
Result<> assistKeeperNamespaces(const KeeperArguments& arguments, pid_t keeper, const KeeperPipes& pipes);

} // namespace twinhull
