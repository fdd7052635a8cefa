// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// The virtio-serial port of guest-init. One JSON object a line, at most kGuestLineLimitBytes long. The host asks, the
/// guest answers with the same id as soon as its entrypoint runs or has failed; it never speaks unasked. What is asked
/// earlier waits in QEMU.
constexpr const char* kGuestAgentPort = "org.twinhull.agent.0";
constexpr std::size_t kGuestLineLimitBytes = 64U << 10U;

enum class GuestAsk {
    Report,
    Figures, ///< as Report, with the guest's figures
    Shutdown, ///< stop signal to the entrypoint, power off when it is gone
};

struct GuestRequest {
    std::uint64_t id = 0; ///< chosen by the asker at random: another client's late answer bears another
    GuestAsk ask = GuestAsk::Report;

    friend bool operator==(const GuestRequest&, const GuestRequest&) = default;
};

enum class GuestPhase { Running, Ended, Failed };

/// A moment of the boot as nanoseconds before the answer was written, so that the host can place it on its own clock.
struct GuestMark {
    std::string name; ///< "kernel", "init", "modules", "root", "network", "ready"
    std::int64_t ageNanoseconds = 0;

    friend bool operator==(const GuestMark&, const GuestMark&) = default;
};

struct GuestReading {
    std::optional<std::uint64_t> memoryTotalBytes;
    std::optional<std::uint64_t> memoryAvailableBytes;
    std::optional<std::uint64_t> memoryCacheBytes; ///< page cache and buffers
    std::optional<std::uint64_t> swapUsedBytes;
    std::optional<std::uint64_t> loadThousandths; ///< of a task: the load average of a minute
    std::optional<std::uint64_t> rootUsedBytes; ///< of the file system that is its root
    std::optional<std::uint64_t> rootSizeBytes;
    std::optional<std::uint64_t> networkReceivedBytes; ///< since boot, without loopback
    std::optional<std::uint64_t> networkSentBytes;
    std::optional<std::uint64_t> networkReceivedPackets;
    std::optional<std::uint64_t> networkSentPackets;
    std::optional<std::uint64_t> cpuNanoseconds; ///< since boot, of all its processors: not idle, not stolen

    friend bool operator==(const GuestReading&, const GuestReading&) = default;
};

struct GuestReply {
    std::uint64_t id = 0;
    GuestPhase phase = GuestPhase::Running;
    std::vector<GuestMark> marks;
    std::optional<int> exitStatus; ///< of the entrypoint, 0..255
    std::string error; ///< why it failed; one sentence
    std::optional<GuestReading> reading;

    friend bool operator==(const GuestReply&, const GuestReply&) = default;
};

/// One line with its end of line. A host writes an end of line before it too: a client that died in the middle of its
/// own line must not spoil the next.
std::string encodeGuestRequest(const GuestRequest& request);
Result<GuestRequest> decodeGuestRequest(std::string_view line);

std::string encodeGuestReply(const GuestReply& reply);
/// What a guest says is hostile: lengths, counts and ranges are checked, names are lower-case letters and dashes.
Result<GuestReply> decodeGuestReply(std::string_view line);

/// The last line on the console of a VM made from an image, and its reading. Kept there because nobody need listen when
/// the entrypoint ends.
std::string guestExitLine(int exitStatus);
std::optional<int> exitStatusFromConsole(std::string_view consoleTail);

} // namespace twinhull
