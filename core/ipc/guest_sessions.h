// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// Ports of guest-init through which commands are run inside a VM: one command a port at a time, one JSON object a line
/// of at most kSessionLineLimitBytes. The host opens a session and says what is typed, the guest says what the command
/// prints and how it ended; whoever is slow makes the other wait, by not reading. Who hangs up ends the command.
/// A port costs the guest half a MiB of buffers.
constexpr int kGuestSessionPorts = 4;
std::string guestSessionPort(int number); ///< 0..kGuestSessionPorts-1: "org.twinhull.exec.0"

constexpr std::size_t kSessionLineLimitBytes = 256U << 10U;
/// Of Input and Output in one message.
constexpr std::size_t kSessionBytesLimit = 32U << 10U;
constexpr std::uint64_t kSessionProgramLimitBytes = 64U << 20U;

struct GuestCommand {
    std::vector<std::string> arguments; ///< [0] is looked up in PATH; never empty
    std::vector<std::string> environment; ///< KEY=VALUE, over the entrypoint's own
    std::string user; ///< as GuestSetup::user; empty: the entrypoint's
    std::string workingFolder; ///< empty: the entrypoint's
    bool hasTerminal = false; ///< one for all three streams; without it Output and ErrorOutput are apart
    std::uint16_t columns = 0; ///< of the terminal; 0 in either: not known
    std::uint16_t rows = 0;
    /// Of a static program that is run in place of arguments[0]: the first bytes of Input, which the command does not
    /// get; 0: none. It is kept in memory and is no file of the guest's.
    std::uint64_t programBytes = 0;

    friend bool operator==(const GuestCommand&, const GuestCommand&) = default;
};

enum class SessionKind {
    // from the host
    Open, ///< ends what ran through this port before
    Input,
    InputEnd, ///< end of file on standard input; in a terminal nothing happens
    Resize,
    // from the guest
    Started,
    Output,
    ErrorOutput,
    Ended, ///< last: all output has been sent
    Failed, ///< instead of Started
};

struct SessionMessage {
    std::uint64_t session = 0; ///< chosen by the host at random, so that what a dead client left on the way is known
    SessionKind kind = SessionKind::Open;
    std::string bytes; ///< Input, Output, ErrorOutput
    GuestCommand command; ///< Open; of Resize columns and rows alone
    int exitStatus = 0; ///< Ended: 0..255; 128 and the signal's number when one ended it
    std::string error; ///< Failed: one sentence

    friend bool operator==(const SessionMessage&, const SessionMessage&) = default;
};

/// One line with its end. A host writes an end of line before Open too: see encodeGuestRequest().
std::string encodeSessionMessage(const SessionMessage& message);
/// What the other side says is hostile: whatever comes in, the answer is a message within all limits, or Corrupt.
Result<SessionMessage> decodeSessionMessage(std::string_view line);

} // namespace twinhull
