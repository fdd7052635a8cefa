// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/guest_command_run.h"

#include <csignal>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr int kNotStarted = 255; // as hull exec and podman exec

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
        const GuestExecStreams streams{ STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO,
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
