// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/terminal_session.h"

#include "core/base/files.h"

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr char kLeaveKey = 0x1D; // Ctrl-], as telnet and virsh console have it

} // namespace

TerminalSession::TerminalSession(Program& program, std::unique_ptr<TerminalConnection> terminal, Ended ended)
    : QObject(&program)
    , m_program(program)
    , m_terminal(std::move(terminal))
    , m_input(STDIN_FILENO, QSocketNotifier::Read)
    , m_ended(std::move(ended))
{
    m_screen.emplace();
    connect(&m_input, &QSocketNotifier::activated, this, &TerminalSession::onInput);
    connect(&program, &Program::resized, this, &TerminalSession::onResized);
    if (!m_ended)
        connect(&program, &Program::interrupted, this, [this] { leave({}); });
    connect(m_terminal.get(), &TerminalConnection::received, this, &TerminalSession::onOutput);
    connect(m_terminal.get(), &TerminalConnection::closed, this, &TerminalSession::onEnded);
    connect(m_terminal.get(), &TerminalConnection::refused, this, [this](const Error& error) {
        if (m_ended)
            return onEnded();
        m_screen.reset();
        m_isOver = true;
        m_program.fail(error);
    });
}

void TerminalSession::onInput()
{
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count <= 0) {
        m_input.setEnabled(false); // what is shown may still be of use
        return;
    }
    const QByteArray typed(buffer.data(), static_cast<qsizetype>(count));
    const auto end = typed.indexOf(kLeaveKey);
    m_terminal->type(typed.left(end < 0 ? typed.size() : end));
    if (end >= 0)
        leave(tr("Left; it runs on."));
}

void TerminalSession::onOutput(const QByteArray& bytes)
{
    m_hasShown = true;
    const UniqueFd out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    if (!writeAll(out, { bytes.constData(), static_cast<std::size_t>(bytes.size()) }))
        leave({}); // nobody looks
}

void TerminalSession::onResized()
{
    (void)m_terminal->resize(RawTerminal::size()); // the container has ended: told by closed()
}

void TerminalSession::onEnded()
{
    if (!m_ended)
        return leave(tr("The terminal has ended."));
    if (std::exchange(m_isOver, true))
        return;
    m_input.setEnabled(false);
    m_screen.reset();
    m_ended(m_hasShown);
}

void TerminalSession::leave(const QString& note)
{
    if (m_isOver)
        return;
    m_input.setEnabled(false);
    m_screen.reset();
    if (!note.isEmpty())
        m_program.note(note);
    m_program.finish();
}

} // namespace twinhull
