// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/subprocess.h"
#include "core/ipc/monitor_arguments.h"

#include <string>

namespace twinhull {

/// What the network helper is started with.
struct NetworkRequest {
    std::string program; ///< absolute path of slirp4netns or pasta
    std::string runtimeFolder; ///< for its API socket or pid file
    pid_t containerPid = 0; ///< a child of ours that has not been waited for
    std::vector<PortForward> ports;
    int log = -1; ///< where its messages go
    int life = -1; ///< a pipe's reading end: slirp4netns ends with the last writer; -1: it is ended by us alone
};

/// Fails with Busy, naming the port and the next step, when a port is taken or not ours to take. Taken again a moment
/// later it may still be: only the helper's own bind decides.
Result<> checkPortsFree(const std::vector<PortForward>& ports);

/// A socket that listens there (TCP) or is bound (UDP), on IPv6 to that family alone; errors as above.
Result<UniqueFd> listenAtPort(const PortForward& port);

enum class WayOut { Ipv4, Both };

/// Both where this network namespace has a default route of IPv6.
WayOut wayOut();

/// Brings the network up inside the container's network namespace: address 10.0.2.100/24, gateway 10.0.2.2, name server
/// 10.0.2.3, whichever program does it, and one of fd00::/64 where wayOut() is Both: kHelperIpv6 of pasta, of
/// slirp4netns one that the kernel makes. Returns when it is up and the ports answer; those on IPv6 need pasta. The
/// host's own loopback is not reachable from inside.
Result<Child> startNetworkHelper(const NetworkRequest& request);

/// What the helper's own end is called inside, whichever program it is.
constexpr const char* kHelperAddress = "10.0.2.100";
constexpr const char* kHelperNameServer = "10.0.2.3";
constexpr const char* kHelperIpv6 = "fd00::100";
constexpr const char* kHelperIpv6Gateway = "fd00::2";
constexpr unsigned kHelperIpv6PrefixBits = 64;

/// Another port of slirp4netns that runs, which leads to `port.containerPort` of kHelperAddress; its number, for
/// withdrawPort(). Busy names a port that is in use.
Result<int> publishPort(const std::string& runtimeFolder, const PortForward& port);
Result<> withdrawPort(const std::string& runtimeFolder, int number);

/// A pidfd of the helper that another monitor started; none when that number is another program's by now.
UniqueFd findNetworkHelper(pid_t pid);

/// Kills it and waits for it, where it is our child.
void endNetworkHelper(const UniqueFd& pidfd);

} // namespace twinhull
