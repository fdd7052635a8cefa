// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

namespace twinhull {

enum class NetworkMode {
    None, ///< loopback only
    User, ///< a helper without privileges carries the traffic (slirp4netns, pasta)
    Own, ///< those that settings.json names; network-keeper connects it
};

enum class PortTransport { Tcp, Udp };

/// HOST_ADDRESS:HOST_PORT of the host leads to CONTAINER_PORT.
struct PortForward {
    std::string hostAddress = "127.0.0.1"; ///< IPv4, IPv6 without brackets, or kLocalhost (listened_ports.h)
    std::uint16_t hostPort = 0;
    std::uint16_t containerPort = 0;
    PortTransport transport = PortTransport::Tcp;

    friend bool operator==(const PortForward&, const PortForward&) = default;
};

enum class MonitorTask {
    Start, ///< create and start the container
    Restore, ///< from its checkpoint, instead
    Adopt, ///< take over a container whose monitor is gone, or clean up after it
};

/// What the container's standard descriptors are.
enum class ContainerStdio {
    Streams, ///< two FIFOs; no input
    Input, ///< the same, and a pipe that the monitor writes to
    Terminal, ///< config.json asks for one; the monitor holds its master side
};

/// The command line of hull-monitor. The monitor answers its starter with one reply line (monitor_messages.h) on
/// standard output, then closes it.
struct MonitorArguments {
    MonitorTask task = MonitorTask::Start;
    std::string id; ///< letters, digits, "-", "_" and "."; at most 64
    std::string containerFolder; ///< absolute: the bundle, with log/ and exit.json
    std::string runtimeFolder; ///< absolute: monitor.sock, FIFOs and hull's state; made by the monitor
    std::string hullPath; ///< absolute
    std::string networkHelper; ///< absolute path of slirp4netns or pasta; empty only with NetworkMode::None
    NetworkMode network = NetworkMode::None;
    std::string keeperPath; ///< with NetworkMode::Own: absolute path of network-keeper
    std::string keeperFolder; ///< with NetworkMode::Own: absolute, its socket's; one for all containers of a person
    std::string networksFolder; ///< with NetworkMode::Own: absolute, of the definitions
    std::string eventsFolder = {}; ///< absolute, of the journal of events (event_journal.h); empty: none is kept
    std::vector<PortForward> ports;
    ContainerStdio stdio = ContainerStdio::Streams;
    bool keepsCheckpoint = false; ///< with MonitorTask::Restore: also after it has worked
    int stopSignal = SIGTERM;
    std::int64_t requestNanoseconds = 0; ///< CLOCK_MONOTONIC of the person's request; 0: the monitor's own start
    std::int64_t unpackNanoseconds = 0; ///< the same, of when the image's layers were in place; 0: not told
    std::uint64_t logLimitBytes = 10U << 20U; ///< of one log file
    unsigned logFiles = 2; ///< that are kept, 1..100

    friend bool operator==(const MonitorArguments&, const MonitorArguments&) = default;
};

/// Without the program's own name.
std::vector<std::string> encodeMonitorArguments(const MonitorArguments& arguments);
Result<MonitorArguments> decodeMonitorArguments(const std::vector<std::string>& arguments);

bool isOnIpv6(const PortForward& port);
/// "127.0.0.1:8080:80", "[::1]:53:53/udp", "localhost:8080:80".
std::string encodePortForward(const PortForward& port);
Result<PortForward> decodePortForward(const std::string& text);

} // namespace twinhull
