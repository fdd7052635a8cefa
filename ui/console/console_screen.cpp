// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/console_screen.h"

#include "ui/console/terminal_session.h"
#include "ui/console/terminal_view.h"
#include "ui/widgets/error_text.h"

#include <QVBoxLayout>

namespace twinhull {

namespace {

/// What the guest left the terminal in is not what the next one wants: no alternate screen, usual letters, a new line.
constexpr const char* kFreshLine = "\x1b[?1049l\x1b[!p\r\n";

} // namespace

ConsoleScreen::ConsoleScreen(MachineConsoles& consoles, WorkloadInfo machine, MachineConsole console, QWidget* parent)
    : QWidget(parent)
    , m_consoles(consoles)
    , m_machine(std::move(machine))
    , m_console(std::move(console))
    , m_view(new TerminalView)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view);
    m_view->setAccessibleName(tr("%1 of %2").arg(m_console.title, m_machine.name));
    m_view->setAccessibleDescription(TerminalSession::keysHint());
    m_view->setEnded(true);
    setFocusProxy(m_view);
    connect(m_view, &TerminalView::typed, this, &ConsoleScreen::onTyped);
}

ConsoleScreen::~ConsoleScreen() = default;

bool ConsoleScreen::canBeOpen(const WorkloadInfo& machine)
{
    return machine.state == WorkloadState::Running || machine.state == WorkloadState::Paused
        || machine.state == WorkloadState::Stopping;
}

void ConsoleScreen::setMachine(const WorkloadInfo& info)
{
    const bool isAnotherRun = !canBeOpen(info) || info.footprint != m_machine.footprint;
    m_machine = info;
    if (isAnotherRun)
        m_wasTried = false;
    if (!canBeOpen(info) && !m_session)
        set(State::Off, {});
    if (m_hasText || m_state != State::Off) // it was opened once; the first time is the tab's to choose
        connectIfWanted();
}

void ConsoleScreen::connectIfWanted()
{
    if (canBeOpen(m_machine) && !m_session && !m_isLetGo && !m_wasTried)
        open(ConsoleTakeover::No);
}

void ConsoleScreen::open(ConsoleTakeover takeover)
{
    m_isLetGo = false;
    m_wasTried = true;
    m_session = m_consoles.open(m_machine, m_console.alias, takeover);
    connect(m_session.get(), &ConsoleSession::opened, this, &ConsoleScreen::onOpened);
    connect(m_session.get(), &ConsoleSession::received, this, &ConsoleScreen::onReceived);
    connect(m_session.get(), &ConsoleSession::ended, this, &ConsoleScreen::onEnded);
    set(State::Opening, {});
}

void ConsoleScreen::letGo()
{
    m_isLetGo = true;
    m_session.reset();
    m_view->setEnded(true);
    set(State::Off, {});
}

void ConsoleScreen::onOpened()
{
    if (m_hasText)
        m_view->feed(kFreshLine);
    m_view->setEnded(false);
    set(State::Open, {});
}

void ConsoleScreen::onReceived(const QByteArray& bytes)
{
    m_hasText = true;
    m_view->feed(bytes);
}

void ConsoleScreen::onTyped(const QByteArray& bytes)
{
    if (!m_session || m_state != State::Open)
        return;
    const bool isTaken = m_session->write(bytes);
    const QString notice = isTaken ? QString() : tr("The guest reads nothing, so what was typed last was not sent.");
    if (notice != m_notice)
        set(State::Open, notice);
}

void ConsoleScreen::onEnded(const Error& reason)
{
    const bool wasOpen = m_state == State::Open;
    m_session.release()->deleteLater(); // it is telling just now
    m_view->setEnded(true);
    if (reason.code == ErrorCode::Busy)
        set(State::InUse, tr("Another has this console open. Close it there, or take it over."));
    else if (!canBeOpen(m_machine) || (wasOpen && reason.code == ErrorCode::Unavailable && reason.hint.empty()))
        set(State::Off, {}); // it has stopped
    else
        set(State::Failed, errorParagraph(reason));
    if (!canBeOpen(m_machine))
        m_wasTried = false;
}

void ConsoleScreen::set(State state, const QString& notice)
{
    if (m_state == state && m_notice == notice)
        return;
    m_state = state;
    m_notice = notice;
    Q_EMIT changed();
}

} // namespace twinhull
