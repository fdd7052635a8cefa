// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/runtime/cgroups/systemd/dbus_message.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace twinhull::runtime {

/// A client of a message bus: no threads, no callbacks, one call at a time. Whoever is at the other end is not
/// believed: messages have a greatest length, signals a greatest number, everything a deadline.
class DBusConnection {
public:
    /// Connects to the socket, proves who we are (EXTERNAL: the kernel tells the bus) and says Hello. The deadline is
    /// for all that is done with this connection. Unavailable where nobody listens.
    static Result<DBusConnection> open(const std::string& socket, std::chrono::milliseconds timeout);

    /// The answer, or the error that came instead: "org.freedesktop.systemd1.UnitExists: …", AlreadyExists for names
    /// that end in Exists, NotFound for NoSuchUnit, PermissionDenied for AccessDenied, Timeout where the bus says that
    /// none came. Signals that come meanwhile are kept.
    Result<DBusMessage> call(DBusMessage message);

    /// The first signal that is wanted, kept or still to come; others are dropped.
    Result<DBusMessage> awaitSignal(const std::function<bool(const DBusMessage&)>& isWanted);

private:
    DBusConnection(UniqueFd socket, std::int64_t deadline) : m_socket(std::move(socket)), m_deadline(deadline) { }

    Result<> authenticate();
    Result<> awaitReady(short events) const;
    Result<> send(std::string_view bytes) const;
    Result<std::string> read(std::size_t size) const; ///< exactly that many bytes
    Result<DBusMessage> receive() const;

    UniqueFd m_socket;
    std::int64_t m_deadline = 0; ///< CLOCK_MONOTONIC nanoseconds
    std::uint32_t m_serial = 0;
    std::vector<DBusMessage> m_signals;
};

} // namespace twinhull::runtime
