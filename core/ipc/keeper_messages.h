// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_options.h"
#include "core/ipc/monitor_arguments.h"
#include "core/ipc/network_definition.h"
#include "core/ipc/network_place.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// keeper.sock of network-keeper: a stream of JSON objects, one a line. Only the keeper's owner and root are heard
/// (SO_PEERCRED). Each request is answered by one line. The connection stays open for as long as its monitor wants to
/// hear of the keeper's end, and means nothing beside that: a container is in its networks until its first process has
/// ended.
constexpr std::size_t kKeeperLineLimitBytes = 256U << 10U;
constexpr const char* kKeeperSocketName = "keeper.sock";
/// Beside it: a link to the keeper's user namespace, in which hull makes those of containers; missing as root.
constexpr const char* kKeeperUserNamespaceName = "user";

/// One end of a container in a network.
struct KeeperInterface {
    NetworkDefinition network;
    std::vector<std::string> aliases;
    std::string ipv4; ///< empty: the next free one
    std::string ipv6;

    friend bool operator==(const KeeperInterface&, const KeeperInterface&) = default;
};

enum class KeeperVerb {
    Connect,
    Greet, ///< nothing but an answer: one that is about to end gives none
    Listen, ///< at a port for a container that is in it: the socket comes with the request's bytes (unix(7),
            ///< SCM_RIGHTS)
    Rename, ///< others find it by another name from now on; NotFound where it is in no network
};

/// Puts a container that waits before its entrypoint into networks, all or nothing. One that is in them already is
/// taken out first. The devices inside are eth0, eth1 …; the first network that leads out gives the default route.
struct KeeperRequest {
    std::string id; ///< of the container
    std::string name;
    pid_t pid = 0; ///< its first process
    std::uint64_t pidStartTicks = 0; ///< field 22 of /proc/PID/stat
    std::vector<KeeperInterface> interfaces;
    std::vector<PortForward> ports; ///< with Connect those on IPv4, which are the helper's; with Listen one
    KeeperVerb verb = KeeperVerb::Connect; ///< with Greet all else is left out, with Rename all but id and name, with
                                           ///< Listen all but id and ports

    friend bool operator==(const KeeperRequest&, const KeeperRequest&) = default;
};

struct KeeperReply {
    pid_t keeperPid = 0;
    std::vector<NetworkPlace> places; ///< in the order of the request

    friend bool operator==(const KeeperReply&, const KeeperReply&) = default;
};

/// Lines with their end.
std::string encodeKeeperRequest(const KeeperRequest& request);
Result<KeeperRequest> decodeKeeperRequest(std::string_view line);
std::string encodeKeeperReply(const Result<KeeperReply>& reply);
/// The keeper's own error, or Corrupt when the line is no reply.
Result<KeeperReply> decodeKeeperReply(std::string_view line);

} // namespace twinhull
