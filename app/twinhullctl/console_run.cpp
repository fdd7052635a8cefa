// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/console_run.h"

#include "core/base/files.h"

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace twinhull {

namespace {

constexpr char kConsoleLeaveKey = 0x1D; // Ctrl-], as virsh console has it

} // namespace

ConsoleRun::ConsoleRun(Program& program, std::unique_ptr<ConsoleSession> session)
    : QObject(&program), m_program(program), m_session(std::move(session)), m_input(STDIN_FILENO, QSocketNotifier::Read)
{
    m_input.setEnabled(false);
    connect(&m_input, &QSocketNotifier::activated, this, &ConsoleRun::onInput);
    connect(&program, &Program::interrupted, this, [this] { leave({}); });
    connect(m_session.get(), &ConsoleSession::opened, this, &ConsoleRun::onOpened);
    connect(m_session.get(), &ConsoleSession::received, this, &ConsoleRun::onOutput);
    connect(m_session.get(), &ConsoleSession::drained, this, [this] { m_input.setEnabled(!m_hasLeft); });
    connect(m_session.get(), &ConsoleSession::ended, this, &ConsoleRun::onEnded);
}

void ConsoleRun::onOpened()
{
    m_isOpen = true;
    m_screen.emplace(); // what is typed from here on is the guest's
    const QString note = tr("Connected. Ctrl+] leaves; the VM runs on.");
    m_program.note(m_screen->isRaw() ? note + u'\r' : note);
    m_input.setEnabled(true);
}

/// One piece at a time: the next is read when the guest has this one.
void ConsoleRun::onInput()
{
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    m_input.setEnabled(false);
    if (count <= 0)
        return; // what is shown may still be of use
    const QByteArray typed(buffer.data(), static_cast<qsizetype>(count));
    const auto end = m_screen->isRaw() ? typed.indexOf(kConsoleLeaveKey) : -1;
    (void)m_session->write(typed.left(end < 0 ? typed.size() : end)); // nothing else waits, so it is taken
    if (end >= 0)
        leave(tr("Left; it runs on."));
}

void ConsoleRun::onOutput(const QByteArray& bytes)
{
    const UniqueFd out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    if (!writeAll(out, { bytes.constData(), static_cast<std::size_t>(bytes.size()) }))
        leave({}); // nobody looks
}

void ConsoleRun::onEnded(const Error& reason)
{
    if (m_hasLeft)
        return;
    m_hasLeft = true;
    m_input.setEnabled(false);
    m_screen.reset();
    const bool hasStopped = m_isOpen && reason.code == ErrorCode::Unavailable && reason.hint.empty();
    if (!hasStopped) {
        m_program.fail(reason.code == ErrorCode::Busy ? Error(reason).withHint("To take it over: --force") : reason);
        return;
    }
    m_program.note(QString::fromStdString(reason.message));
    m_program.finish();
}

void ConsoleRun::leave(const QString& note)
{
    if (m_hasLeft)
        return;
    m_hasLeft = true;
    m_input.setEnabled(false);
    m_screen.reset();
    if (!note.isEmpty())
        m_program.note(note);
    m_program.finish();
}

} // namespace twinhull
