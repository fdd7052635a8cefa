// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/guest_exec.h"

#include "core/base/files.h"
#include "core/ipc/line_buffer.h"
#include "core/vms/guest/guest_socket.h"

#include <QRandomGenerator>

#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <tuple>

namespace twinhull {

namespace {

constexpr int kAskMilliseconds = 200;

/// A connection to a session port, and the lock that says so.
struct SessionPort {
    UniqueFd lock;
    UniqueFd socket;
};

Result<SessionPort> openPort(const QString& path)
{
    auto lock = openPath(sessionLockPath(path).toStdString(), O_RDWR | O_CREAT, 0600);
    if (!lock)
        return std::move(lock).error();
    if (::flock(lock->fd(), LOCK_EX | LOCK_NB) != 0)
        return Error::fromErrno(errno, "lock the VM's session");
    auto socket = connectToGuest(path);
    if (!socket)
        return std::move(socket).error();
    return SessionPort{ *std::move(lock), *std::move(socket) };
}

Result<SessionPort> openFreePort(const QStringList& paths)
{
    if (paths.isEmpty())
        return Error{ ErrorCode::Unavailable, "the VM has no way in for commands", 0,
            "VMs made from an image by this version have one: make it anew" };
    for (const QString& path : paths) {
        auto port = openPort(path);
        if (port || port.error().sysErrno != EWOULDBLOCK)
            return port;
    }
    return Error{ ErrorCode::Busy, std::to_string(paths.size()) + " commands run in the VM already", 0,
        "Wait until one of them has ended" };
}

class Session {
public:
    Session(UniqueFd socket, const GuestCommand& command, const GuestExecStreams& streams)
        : m_socket(std::move(socket))
        , m_streams(streams)
        , m_hasTerminal(command.hasTerminal)
        , m_size(command.columns, command.rows)
        , m_isInputOpen(streams.input >= 0)
        , m_lines(kSessionLineLimitBytes)
    {
        m_id = QRandomGenerator::global()->generate64() >> 1U;
        SessionMessage open = message(SessionKind::Open);
        open.command = command;
        open.command.programBytes = streams.program.size();
        m_toSend = "\n" + encodeSessionMessage(open); // an end of line first: see encodeGuestRequest()
        m_openBytes = m_toSend.size();
        for (std::size_t at = 0; at < streams.program.size(); at += kSessionBytesLimit) {
            SessionMessage piece = message(SessionKind::Input);
            piece.bytes = streams.program.substr(at, kSessionBytesLimit);
            m_toSend += encodeSessionMessage(piece);
        }
        if (!m_isInputOpen)
            m_toSend += encodeSessionMessage(message(SessionKind::InputEnd));
    }

    bool isTooLong() const { return m_openBytes > kSessionLineLimitBytes; }

    Result<int> run()
    {
        while (!m_outcome) {
            if (isCancelled())
                return cancelled();
            tellSize();
            waitForMore();
        }
        return *std::move(m_outcome);
    }

private:
    SessionMessage message(SessionKind kind) const
    {
        SessionMessage message;
        message.session = m_id;
        message.kind = kind;
        return message;
    }

    void tellSize()
    {
        if (!m_hasTerminal || !m_streams.terminalSize || !m_toSend.empty())
            return;
        const auto size = m_streams.terminalSize();
        if (size == std::exchange(m_size, size))
            return;
        SessionMessage resize = message(SessionKind::Resize);
        std::tie(resize.command.columns, resize.command.rows) = size;
        m_toSend = encodeSessionMessage(resize);
    }

    /// Input is read when what came before it has gone: a command that does not read makes whoever types wait.
    void waitForMore()
    {
        std::array<pollfd, 2> waiting{ pollfd{ m_socket.fd(), POLLIN, 0 }, pollfd{ -1, POLLIN, 0 } };
        if (!m_toSend.empty())
            waiting[0].events |= POLLOUT;
        else if (m_isInputOpen)
            waiting[1].fd = m_streams.input;
        if (::poll(waiting.data(), waiting.size(), kAskMilliseconds) <= 0)
            return;
        if (waiting[1].revents != 0)
            readInput();
        if (waiting[0].revents != 0)
            hear();
        send();
    }

    void readInput()
    {
        std::array<char, kSessionBytesLimit> buffer{};
        const ssize_t count = ::read(m_streams.input, buffer.data(), buffer.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        SessionMessage input = message(count > 0 ? SessionKind::Input : SessionKind::InputEnd);
        m_isInputOpen = count > 0;
        if (count > 0)
            input.bytes.assign(buffer.data(), static_cast<std::size_t>(count));
        m_toSend = encodeSessionMessage(input);
    }

    void send()
    {
        if (m_toSend.empty())
            return;
        const ssize_t count = ::send(m_socket.fd(), m_toSend.data(), m_toSend.size(), MSG_NOSIGNAL);
        if (count > 0)
            m_toSend.erase(0, static_cast<std::size_t>(count));
        else if (errno != EAGAIN && errno != EINTR)
            m_outcome = Error{ ErrorCode::Unavailable, "the VM ended", 0, {} };
    }

    void hear()
    {
        std::array<char, 65536> buffer{};
        const ssize_t count = ::recv(m_socket.fd(), buffer.data(), buffer.size(), 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count <= 0) {
            m_outcome = Error{ ErrorCode::Unavailable, "the VM ended", 0, {} };
            return;
        }
        m_lines.append({ buffer.data(), static_cast<std::size_t>(count) });
        while (const auto line = m_lines.takeLine()) {
            const auto heard = decodeSessionMessage(*line);
            if (heard && heard->session == m_id && !m_outcome) // else what another's session left on the way
                handle(*heard);
        }
    }

    void handle(const SessionMessage& heard)
    {
        switch (heard.kind) {
        case SessionKind::Output:
            pass(m_streams.output, heard.bytes);
            break;
        case SessionKind::ErrorOutput:
            pass(m_streams.errorOutput, heard.bytes);
            break;
        case SessionKind::Ended:
            m_outcome = heard.exitStatus;
            break;
        case SessionKind::Failed:
            m_outcome = Error{ ErrorCode::Unknown, "in the guest: " + heard.error, 0, {} };
            break;
        default:
            break; // Started; the rest are for the guest
        }
    }

    void pass(const GuestExecStreams::Sink& sink, std::string_view bytes)
    {
        if (auto passed = sink(bytes); !passed)
            m_outcome = std::move(passed).error();
    }

    bool isCancelled() const { return m_streams.isCancelled && m_streams.isCancelled(); }
    static Error cancelled() { return { ErrorCode::Cancelled, "cancelled", 0, {} }; }

    UniqueFd m_socket;
    const GuestExecStreams& m_streams;
    bool m_hasTerminal;
    std::pair<std::uint16_t, std::uint16_t> m_size;
    bool m_isInputOpen;
    LineBuffer m_lines;
    std::uint64_t m_id = 0;
    std::string m_toSend;
    std::size_t m_openBytes = 0; ///< of the first message
    std::optional<Result<int>> m_outcome;
};

} // namespace

QString sessionLockPath(const QString& socketPath)
{
    return socketPath + QStringLiteral(".lock");
}

Result<int> execInGuest(const QStringList& sockets, const GuestCommand& command, const GuestExecStreams& streams)
{
    auto port = openFreePort(sockets);
    if (!port)
        return std::move(port).error();
    Session session(std::move(port->socket), command, streams);
    if (session.isTooLong())
        return Error{ ErrorCode::InvalidArgument, "the command and its environment are too long", 0,
            "Some 190 KiB reach the guest; pass more through standard input" };
    return session.run();
}

} // namespace twinhull
