// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// Files on their way into a workload or out of it, as a stream of messages. A folder is opened, filled and closed, so
/// that a message bears a name and never a path: there is nothing in the stream that could lead anywhere else. Holes of
/// sparse files are not sent.
enum class CarryKind : std::uint8_t {
    Folder = 1, ///< what follows lies in it, to its FolderEnd
    Enter, ///< as Folder, but what is there already stays as it is; without attributes
    FolderEnd,
    File, ///< its Bytes follow, then its FileEnd
    Bytes,
    FileEnd,
    Symlink,
    LeftOut, ///< something that cannot be carried: a device, a socket, a FIFO
    Listed, ///< a name of a folder that is only looked at; folder_listing.h has its text
    Done, ///< last
    Failed, ///< last
};

struct CarryAttributes {
    mode_t permissions = 0; ///< 07777
    uid_t uid = 0;
    gid_t gid = 0;
    std::int64_t modifiedSeconds = 0;
    std::uint32_t modifiedNanoseconds = 0; ///< below 1'000'000'000

    friend bool operator==(const CarryAttributes&, const CarryAttributes&) = default;
};

struct CarryMessage {
    CarryKind kind = CarryKind::Done;
    std::string name; ///< of a thing: one component; empty for the first of the stream alone
    CarryAttributes attributes; ///< Folder, File, Symlink
    std::uint64_t bytes = 0; ///< File: its size; Bytes: where they begin
    std::string text; ///< Bytes: they; Symlink, Listed: its target; Failed: one sentence
    ErrorCode code = ErrorCode::Unknown; ///< Failed

    friend bool operator==(const CarryMessage&, const CarryMessage&) = default;
};

constexpr std::size_t kCarryBytesLimit = std::size_t(64) << 10U; ///< of text in one message

/// Where a stream goes, in pieces.
using CarrySink = std::function<Result<>(std::string_view)>;

/// Takes messages in their order; an error ends the stream.
using CarryTaker = std::function<Result<>(const CarryMessage&)>;

std::string encodeCarryMessage(const CarryMessage& message);

/// Cuts a stream into its messages. What the other side says is hostile: whatever comes in, the answer is a message
/// within all limits, or Corrupt.
class CarryDecoder {
public:
    void append(std::string_view bytes) { m_waiting.append(bytes); }
    /// Nothing while the next message is not whole.
    Result<std::optional<CarryMessage>> take();

private:
    std::string m_waiting;
    std::size_t m_taken = 0; ///< of m_waiting
};

/// Whether it can be a name in a folder.
bool isCarriedName(std::string_view name);

/// Of a link's target, a name or a sentence from a stranger: without what would move a terminal's cursor.
std::string withoutControls(std::string_view text);

} // namespace twinhull
