// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace twinhull {

/// The program port-relay: `port-relay --vm UUID --qemu PID`, which it bears for whoever looks for it. Its descriptor
/// kRelayDescriptor is a UNIX socket of messages (SOCK_SEQPACKET) with one descriptor each: kRelayLife with the pidfd
/// of the process whose end is the relay's, and for each port a bound socket with the number of that port of 127.0.0.1
/// to which it is passed on; then end of file. When it carries them, in the background, it says kRelayReady on standard
/// output; else why not, on standard error.
constexpr const char* kRelayProgram = "port-relay";
constexpr const char* kRelayVmOption = "--vm";
constexpr const char* kRelayQemuOption = "--qemu";
constexpr int kRelayDescriptor = 3;
constexpr std::string_view kRelayLife = "life";
constexpr std::string_view kRelayReady = "ready\n";
constexpr std::size_t kMostRelayedPorts = 256;

} // namespace twinhull
