// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/guest_command_run.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>

namespace twinhull {

namespace {

constexpr int kNotStarted = 255; // as hull exec and podman exec

/// In pieces that do not block once poll(2) says so (pipe(7): PIPE_BUF), to hear of a cancellation meanwhile.
Result<> writeOwn(int to, std::string_view bytes, const std::atomic<bool>& isCancelled)
{
    constexpr int kAskMilliseconds = 200;
    while (!bytes.empty()) {
        pollfd full{ to, POLLOUT, 0 };
        if (isCancelled)
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        if (::poll(&full, 1, kAskMilliseconds) <= 0)
            continue;
        const ssize_t count = ::write(to, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
        if (count > 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR && errno != EAGAIN)
            return Error::fromErrno(errno, "write what the command says");
    }
    return {};
}

} // namespace

GuestCommandRun::GuestCommandRun(Program& program, const QStringList& sockets, GuestCommand command)
    : QObject(&program), m_program(program)
{
    (void)std::signal(SIGPIPE, SIG_IGN); // the error of the write is enough
    if (command.hasTerminal) {
        const TerminalSize size = RawTerminal::size();
        command.columns = size.columns;
        command.rows = size.rows;
        m_screen.emplace();
    }
    connect(&program, &Program::interrupted, this, [this] { m_isCancelled = true; });
    m_thread = std::thread([this, sockets, command = std::move(command)] {
        const GuestExecStreams streams{ STDIN_FILENO,
            [this](std::string_view bytes) { return writeOwn(STDOUT_FILENO, bytes, m_isCancelled); },
            [this](std::string_view bytes) { return writeOwn(STDERR_FILENO, bytes, m_isCancelled); },
            [] {
                const TerminalSize size = RawTerminal::size();
                return std::pair(size.columns, size.rows);
            },
            [this] { return m_isCancelled.load(); } };
        auto status = execInGuest(sockets, command, streams);
        QMetaObject::invokeMethod(
            this, [this, status = std::move(status)] { onEnd(status); }, Qt::QueuedConnection);
    });
}

GuestCommandRun::~GuestCommandRun()
{
    m_isCancelled = true;
    m_thread.join();
}

void GuestCommandRun::onEnd(const Result<int>& status)
{
    m_screen.reset();
    if (status)
        m_program.finishAs(*status);
    else if (status.error().code == ErrorCode::Unknown) {
        m_program.note(QString::fromStdString(status.error().toLine()));
        m_program.finishAs(kNotStarted);
    } else
        m_program.fail(status.error());
}

} // namespace twinhull
