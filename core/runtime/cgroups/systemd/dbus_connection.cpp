// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/systemd/dbus_connection.h"

#include "core/base/clock.h"
#include "core/runtime/cgroups/systemd/dbus_reader.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kLineLimitBytes = 512;
constexpr std::size_t kSignalLimit = 1'024;

Result<UniqueFd> connectTo(const std::string& path)
{
    sockaddr_un address{};
    if (path.size() >= sizeof address.sun_path)
        return Error::fromErrno(ENAMETOOLONG, path);
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        return Error::fromErrno(errno, "socket");
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        Error error = Error::fromErrno(errno, "connect to " + path);
        error.code = ErrorCode::Unavailable;
        return error;
    }
    return socket;
}

bool endsWith(const std::string& text, std::string_view end)
{
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Error errorOf(const DBusMessage& message)
{
    ErrorCode code = ErrorCode::Unavailable;
    if (endsWith(message.error, "Exists"))
        code = ErrorCode::AlreadyExists;
    else if (endsWith(message.error, ".NoSuchUnit"))
        code = ErrorCode::NotFound;
    else if (endsWith(message.error, ".AccessDenied") || endsWith(message.error, ".InteractiveAuthorizationRequired"))
        code = ErrorCode::PermissionDenied;
    else if (endsWith(message.error, ".InvalidArgs"))
        code = ErrorCode::InvalidArgument;
    else if (endsWith(message.error, ".NoReply") || endsWith(message.error, ".Timeout")
        || endsWith(message.error, ".TimedOut") || endsWith(message.error, ".Disconnected"))
        code = ErrorCode::Timeout;
    std::string text = message.error;
    if (message.signature.rfind('s', 0) == 0)
        text += ": " + DBusReader(message.body).text();
    return Error{ code, std::move(text), code == ErrorCode::Timeout ? ETIMEDOUT : 0, {} };
}

} // namespace

Result<DBusConnection> DBusConnection::open(const std::string& socket, std::chrono::milliseconds timeout)
{
    auto connected = connectTo(socket);
    if (!connected)
        return std::move(connected).error();
    const auto deadline = monotonicNanoseconds() + std::chrono::nanoseconds(timeout).count();
    DBusConnection connection(*std::move(connected), deadline);
    if (auto known = connection.authenticate(); !known)
        return std::move(known).error().withContext(socket);
    auto named = connection.call({ DBusKind::Call, 0, 0, "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", {},
        "org.freedesktop.DBus", {}, {} });
    if (!named)
        return std::move(named).error().withContext(socket);
    return connection;
}

Result<> DBusConnection::authenticate()
{
    // without an id of our own: inside a user namespace it would not be the one that the bus sees
    constexpr char kGreeting[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
    if (auto sent = send({ kGreeting, sizeof kGreeting - 1 }); !sent)
        return sent;
    for (int line = 0; line < 2; ++line) { // "DATA", then "OK GUID"
        std::string text;
        while (!endsWith(text, "\r\n")) {
            auto next = text.size() < kLineLimitBytes ? read(1) : Error{ ErrorCode::Corrupt, "a long line", 0, {} };
            if (!next)
                return std::move(next).error();
            text += *next;
        }
        if (text.rfind(line == 0 ? "DATA" : "OK ", 0) != 0)
            return Error{ ErrorCode::PermissionDenied, "the message bus refuses us: " + text.substr(0, text.size() - 2),
                0, {} };
    }
    return {};
}

Result<> DBusConnection::awaitReady(short events) const
{
    pollfd wait{ m_socket.fd(), events, 0 };
    while (true) {
        const std::int64_t left = (m_deadline - monotonicNanoseconds()) / 1'000'000;
        const int ready = ::poll(&wait, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30)));
        if (ready > 0)
            return {};
        if (ready == 0)
            return Error{ ErrorCode::Timeout, "the message bus does not answer", ETIMEDOUT, {} };
        if (errno != EINTR)
            return Error::fromErrno(errno, "wait for the message bus");
    }
}

Result<> DBusConnection::send(std::string_view bytes) const
{
    while (!bytes.empty()) {
        const ssize_t count = ::send(m_socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            if (auto ready = awaitReady(POLLOUT); !ready)
                return ready;
        } else if (errno != EINTR) {
            return Error::fromErrno(errno, "write to the message bus");
        }
    }
    return {};
}

Result<std::string> DBusConnection::read(std::size_t size) const
{
    std::string bytes(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
        const ssize_t count = ::recv(m_socket.fd(), bytes.data() + filled, size - filled, 0);
        if (count == 0)
            return Error{ ErrorCode::Unavailable, "the message bus hung up", ECONNRESET, {} };
        if (count > 0) {
            filled += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            if (auto ready = awaitReady(POLLIN); !ready)
                return std::move(ready).error();
        } else if (errno != EINTR) {
            return Error::fromErrno(errno, "read from the message bus");
        }
    }
    return bytes;
}

Result<DBusMessage> DBusConnection::receive() const
{
    auto start = read(kDBusStartBytes);
    if (!start)
        return std::move(start).error();
    auto length = messageLength(*start);
    if (!length)
        return std::move(length).error();
    auto rest = read(*length - kDBusStartBytes);
    return rest ? decodeMessage(*start + *rest) : std::move(rest).error();
}

Result<DBusMessage> DBusConnection::call(DBusMessage message)
{
    message.serial = ++m_serial;
    if (auto sent = send(encodeMessage(message)); !sent)
        return std::move(sent).error().withContext(message.member);
    while (true) {
        auto received = receive();
        if (!received)
            return std::move(received).error().withContext(message.member);
        const bool isOurs = received->answered == message.serial;
        if (isOurs && received->kind == DBusKind::Error)
            return errorOf(*received).withContext(message.member);
        if (isOurs && received->kind == DBusKind::Answer)
            return received;
        if (received->kind == DBusKind::Signal && m_signals.size() < kSignalLimit)
            m_signals.push_back(*std::move(received));
    }
}

Result<DBusMessage> DBusConnection::awaitSignal(const std::function<bool(const DBusMessage&)>& isWanted)
{
    const auto kept = std::find_if(m_signals.begin(), m_signals.end(), isWanted);
    if (kept != m_signals.end()) {
        DBusMessage found = std::move(*kept);
        m_signals.erase(m_signals.begin(), kept + 1);
        return found;
    }
    m_signals.clear();
    while (true) {
        auto received = receive();
        if (!received || (received->kind == DBusKind::Signal && isWanted(*received)))
            return received;
    }
}

} // namespace twinhull::runtime
