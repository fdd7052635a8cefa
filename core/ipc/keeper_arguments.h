// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace twinhull {

/// `count` ids from `inside` on are `outside` and on for the caller.
struct KeeperIds {
    std::uint32_t inside = 0;
    std::uint32_t outside = 0;
    std::uint32_t count = 0;

    friend bool operator==(const KeeperIds&, const KeeperIds&) = default;
};

/// The command line of network-keeper. It answers its starter with one reply line (keeper_messages.h) on standard
/// output, when a keeper listens; that may be one that was there before.
struct KeeperArguments {
    std::string folder; ///< absolute: its socket, made where it is missing
    std::string networkHelper; ///< absolute path of slirp4netns or pasta
    std::vector<KeeperIds> users; ///< of its user namespace, which are those of containers; empty: none, as root
    std::vector<KeeperIds> groups;
    pid_t successorFor = 0; ///< a container whose keeper was killed: its user namespace's parent is entered

    friend bool operator==(const KeeperArguments&, const KeeperArguments&) = default;
};

/// Without the program's own name.
std::vector<std::string> encodeKeeperArguments(const KeeperArguments& arguments);
Result<KeeperArguments> decodeKeeperArguments(const std::vector<std::string>& arguments);

} // namespace twinhull
