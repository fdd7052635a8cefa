// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_tab.h"

#include "core/twin/command_words.h"
#include "ui/console/ssh_button.h"
#include "ui/console/terminal_session.h"
#include "ui/console/terminal_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>
#include <QTabBar>

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kTabGap = 8;

QLineEdit* makeField(const QString& name, const QString& text, const char* objectName)
{
    auto* field = new QLineEdit(text);
    field->setAccessibleName(name);
    field->setObjectName(QLatin1String(objectName));
    return field;
}

} // namespace

TerminalTab::TerminalTab(QWidget* parent, SshButton* ssh)
    : QWidget(parent), m_ssh(ssh), m_tabs(new QTabBar), m_stack(new QStackedWidget), m_notice(new QLabel)
{
    setObjectName(QStringLiteral("terminalTab"));
    m_tabs->setObjectName(QStringLiteral("terminalTabs"));
    m_tabs->setAccessibleName(tr("Terminals"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->setElideMode(Qt::ElideRight);
    m_notice->setProperty("muted", true);
    m_notice->setAlignment(Qt::AlignCenter);
    m_notice->setWordWrap(true);
    m_notice->setObjectName(QStringLiteral("terminalNotice"));
    m_stack->addWidget(m_notice);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kTabGap, kTabGap, kTabGap, 0);
    layout->setSpacing(kTabGap);
    layout->addWidget(makeBar());
    layout->addWidget(m_stack, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, &TerminalTab::showCurrent);
    auto* closing = new QShortcut(QKeySequence::Close, m_tabs);
    closing->setContext(Qt::WidgetShortcut);
    connect(closing, &QShortcut::activated, this, [this] { close(m_tabs->currentIndex()); });
    presentState();
}

QWidget* TerminalTab::makeBar()
{
    auto* bar = new QWidget;
    m_command = makeField(tr("Command"), QStringLiteral("sh"), "terminalCommand");
    m_command->setToolTip(tr("What to run inside, with its arguments"));
    m_user = makeField(tr("User"), {}, "terminalUser");
    m_user->setPlaceholderText(tr("its own user"));
    m_user->setToolTip(tr("USER or USER:GROUP, names or numbers; empty: the user that the workload runs as"));
    m_open = new QPushButton(tr("Open terminal"));
    m_open->setObjectName(QStringLiteral("terminalOpen"));
    m_open->setAccessibleName(tr("Open terminal"));
    m_attach = new QPushButton(tr("Attach"));
    m_attach->setObjectName(QStringLiteral("terminalAttach"));
    m_attach->setAccessibleName(tr("Attach to the main process"));
    m_close = new QPushButton(tr("Close"));
    m_close->setObjectName(QStringLiteral("terminalClose"));
    m_close->setAccessibleName(tr("Close terminal"));
    auto* command = new QLabel(tr("Co&mmand"));
    command->setBuddy(m_command);
    auto* user = new QLabel(tr("&User"));
    user->setBuddy(m_user);
    constexpr int kCommandWidth = 180;
    constexpr int kUserWidth = 110;
    m_command->setFixedWidth(kCommandWidth);
    m_user->setFixedWidth(kUserWidth);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kTabGap);
    for (QWidget* widget : std::initializer_list<QWidget*>{ command, m_command, user, m_user, m_open, m_attach })
        layout->addWidget(widget);
    if (m_ssh != nullptr) {
        layout->addWidget(m_ssh);
        connect(m_ssh, &SshButton::chosen, this,
            [this](const WorkloadInfo& machine, const QString& user, const QStringList& words) {
                if (machine.id == m_info.id) // else another was chosen while its user was asked for
                    openSession({ machine, user, words, TerminalCommand::Where::Here });
            });
    }
    layout->addWidget(m_tabs, 1);
    layout->addWidget(m_close);
    connect(m_close, &QPushButton::clicked, this, [this] { close(m_tabs->currentIndex()); });
    connect(m_open, &QPushButton::clicked, this, &TerminalTab::open);
    connect(m_attach, &QPushButton::clicked, this, &TerminalTab::attach);
    connect(m_command, &QLineEdit::returnPressed, this, &TerminalTab::open);
    connect(m_user, &QLineEdit::returnPressed, this, &TerminalTab::open);
    connect(m_command, &QLineEdit::textChanged, this, &TerminalTab::presentState);
    return bar;
}

void TerminalTab::present(const WorkloadInfo& info)
{
    const bool isAnother = info.id != m_info.id;
    m_info = info;
    noteChange(info);
    if (isAnother)
        showSessions();
    presentState();
}

void TerminalTab::noteChange(const WorkloadInfo& info)
{
    for (TerminalSession* session : m_sessions) {
        if (session->command().info.id == info.id)
            session->setWorkload(info);
    }
}

void TerminalTab::forget(const WorkloadId& id)
{
    const auto gone = std::stable_partition(m_sessions.begin(), m_sessions.end(),
        [&id](const TerminalSession* session) { return session->command().info.id != id; });
    std::for_each(gone, m_sessions.end(), [](TerminalSession* session) { session->deleteLater(); });
    m_sessions.erase(gone, m_sessions.end());
    showSessions();
}

TerminalSession* TerminalTab::current() const
{
    const auto sessions = ofThis();
    const auto index = static_cast<std::size_t>(m_tabs->currentIndex());
    return index < sessions.size() ? sessions[index] : nullptr;
}

std::vector<TerminalSession*> TerminalTab::ofThis() const
{
    std::vector<TerminalSession*> sessions;
    std::copy_if(m_sessions.begin(), m_sessions.end(), std::back_inserter(sessions),
        [this](const TerminalSession* session) { return session->command().info.id == m_info.id; });
    return sessions;
}

void TerminalTab::open()
{
    const auto words = commandWords(m_command->text());
    if (!m_open->isEnabled() || !words || words->isEmpty())
        return;
    openSession({ m_info, m_user->text().trimmed(), *words });
}

void TerminalTab::attach()
{
    openSession({ m_info, {}, {} });
}

void TerminalTab::openSession(const TerminalCommand& command)
{
    auto* session = new TerminalSession(command, this);
    m_stack->addWidget(session);
    m_sessions.push_back(session);
    connect(session, &TerminalSession::left, m_tabs, [this] { m_tabs->setFocus(Qt::OtherFocusReason); });
    showSessions();
    m_tabs->setCurrentIndex(m_tabs->count() - 1);
    session->view()->setFocus();
}

void TerminalTab::close(int index)
{
    const auto sessions = ofThis();
    if (index < 0 || static_cast<std::size_t>(index) >= sessions.size())
        return;
    TerminalSession* session = sessions[static_cast<std::size_t>(index)];
    m_sessions.erase(std::find(m_sessions.begin(), m_sessions.end(), session));
    m_stack->removeWidget(session);
    session->deleteLater();
    showSessions();
    if (m_tabs->count() == 0)
        m_command->setFocus();
}

/// One tab a terminal of this workload.
void TerminalTab::showSessions()
{
    const int before = m_tabs->currentIndex();
    {
        const QSignalBlocker blocker(m_tabs);
        while (m_tabs->count() > 0)
            m_tabs->removeTab(0);
        for (const TerminalSession* session : ofThis())
            m_tabs->setTabToolTip(m_tabs->addTab(session->title()), TerminalSession::keysHint());
        m_tabs->setCurrentIndex(std::clamp(before, 0, std::max(0, m_tabs->count() - 1)));
    }
    showCurrent();
}

void TerminalTab::showCurrent()
{
    TerminalSession* session = current();
    m_stack->setCurrentWidget(session != nullptr ? static_cast<QWidget*>(session) : m_notice);
    m_close->setEnabled(session != nullptr);
    m_close->setToolTip(session != nullptr && session->isAttached()
            ? tr("Leaves the terminal; the main process goes on (Ctrl+W among the terminals)")
            : tr("Ends what runs in this terminal (Ctrl+W among the terminals)"));
    presentState();
}

void TerminalTab::presentState()
{
    const auto words = commandWords(m_command->text());
    const QString why = whyNot();
    m_open->setEnabled(why.isEmpty() && words && !words->isEmpty());
    m_open->setToolTip(!words ? QString::fromStdString(words.error().toLine())
            : why.isEmpty()   ? tr("Runs the command inside, in a terminal")
                              : why);
    const bool hasTerminal
        = m_info.id.kind == WorkloadKind::Container && m_info.capabilities.testFlag(Capability::Console);
    m_attach->setEnabled(why.isEmpty() && hasTerminal);
    m_attach->setVisible(m_info.id.kind == WorkloadKind::Container);
    m_attach->setToolTip(hasTerminal ? tr("Shows the terminal of the main process; Ctrl+] leaves it")
                                     : tr("The main process has no terminal. Make the container with one: --terminal"));
    if (m_ssh != nullptr)
        m_ssh->present(m_info, whyNoMore());
    m_notice->setText(
        why.isEmpty() ? tr("No terminal is open in %1. Enter runs the command above.").arg(m_info.name) : why);
}

QString TerminalTab::whyNoMore() const
{
    constexpr std::size_t kMostTerminals = 16; // of all workloads
    return m_sessions.size() < kMostTerminals ? QString() : tr("So many terminals are enough; close one first.");
}

QString TerminalTab::whyNot() const
{
    if (m_info.state == WorkloadState::Paused)
        return tr("%1 is paused. Resume it to open a terminal inside.").arg(m_info.name);
    if (m_info.state != WorkloadState::Running)
        return tr("%1 does not run. Start it to open a terminal inside.").arg(m_info.name);
    if (!m_info.capabilities.testFlag(Capability::Exec))
        return tr("%1 was not made from an image, so nothing inside runs commands for us. Its ssh server may: SSH.")
            .arg(m_info.name);
    return whyNoMore();
}

} // namespace twinhull
