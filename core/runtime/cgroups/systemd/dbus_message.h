// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace twinhull::runtime {

enum class DBusKind : std::uint8_t { Call = 1, Answer = 2, Error = 3, Signal = 4 };

/// One message (D-Bus Specification, "Message Protocol"). Fields that a kind does not have are empty.
struct DBusMessage {
    DBusKind kind = DBusKind::Call;
    std::uint32_t serial = 0;
    std::uint32_t answered = 0; ///< serial of the call that an Answer or an Error is for
    std::string path;
    std::string interface;
    std::string member;
    std::string error; ///< name of an Error
    std::string destination;
    std::string signature; ///< of the body
    std::string body; ///< marshalled
};

inline constexpr std::size_t kDBusStartBytes = 16; ///< as much as tells a message's length
inline constexpr std::size_t kDBusLimitBytes = 1U << 20U; ///< a longer message is an error

std::string encodeMessage(const DBusMessage& message);

/// The whole message's length in bytes, from its first kDBusStartBytes.
Result<std::size_t> messageLength(std::string_view start);

/// Corrupt when it is not what it claims to be, and for the other byte order: both ends are on this computer.
Result<DBusMessage> decodeMessage(std::string_view bytes);

} // namespace twinhull::runtime
