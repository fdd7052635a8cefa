// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_session.h"

#include "core/workload/terminal_program.h"
#include "ui/console/terminal_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace twinhull {

namespace {

constexpr int kEndGap = 8;
constexpr int kCouldNotRun = 255; // as twinhullctl exec

} // namespace

TerminalSession::TerminalSession(TerminalCommand command, QWidget* parent)
    : QWidget(parent)
    , m_command(std::move(command))
    , m_view(new TerminalView)
    , m_end(new QWidget)
    , m_endText(new QLabel)
    , m_again(new QPushButton(tr("Start again")))
{
    auto* endLayout = new QHBoxLayout(m_end);
    endLayout->setContentsMargins(kEndGap, kEndGap / 2, kEndGap, kEndGap / 2);
    m_endText->setObjectName(QStringLiteral("terminalEnd"));
    m_endText->setWordWrap(true);
    m_again->setObjectName(QStringLiteral("terminalAgain"));
    m_again->setAccessibleName(tr("Start again"));
    endLayout->addWidget(m_endText, 1);
    endLayout->addWidget(m_again);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_end);
    layout->addWidget(m_view, 1);
    m_view->setAccessibleName(tr("Terminal in %1").arg(m_command.info.name));
    m_view->setAccessibleDescription(keysHint());
    setFocusProxy(m_view);
    connect(m_again, &QPushButton::clicked, this, &TerminalSession::start);
    connect(m_view, &TerminalView::left, this, &TerminalSession::left);
    start();
}

TerminalSession::~TerminalSession() = default;

QString TerminalSession::title() const
{
    if (isAttached())
        return tr("main process");
    const QString program = m_command.words.value(0).section(u'/', -1);
    return m_command.user.isEmpty() ? program : m_command.user + QStringLiteral(": ") + program;
}

QString TerminalSession::keysHint()
{
    return tr(
        "Ctrl+Shift+Tab leaves the terminal, Ctrl+Shift+C copies, Ctrl+Shift+V pastes.\nAmong the terminals the arrows "
        "choose, Tab enters and Ctrl+W closes.");
}

void TerminalSession::start()
{
    m_begunIn = m_command.info.startedAt;
    m_program = std::make_unique<TerminalProgram>();
    connect(m_program.get(), &TerminalProgram::received, m_view, &TerminalView::feed);
    connect(m_program.get(), &TerminalProgram::ended, this, &TerminalSession::onEnd);
    connect(m_view, &TerminalView::typed, m_program.get(), &TerminalProgram::write);
    connect(m_view, &TerminalView::resized, m_program.get(), &TerminalProgram::resize);
    m_view->restart();
    m_view->setEnded(false);
    m_end->hide();
    const auto words = wordsToRun();
    const auto started = words ? m_program->start(*words, m_view->cells()) : Result<>(words.error());
    if (started) {
        m_view->setFocus();
        return;
    }
    m_program.reset();
    showEnd(QString::fromStdString(started.error().toLine()));
}

Result<QStringList> TerminalSession::wordsToRun() const
{
    if (isBySsh())
        return m_command.words;
    return isAttached() ? attachCommand(m_command.info)
                        : terminalCommand(m_command.info, m_command.user, m_command.words);
}

void TerminalSession::onEnd(int exitStatus)
{
    m_program.release()->deleteLater(); // it is telling just now
    showEnd(endText(exitStatus));
}

QString TerminalSession::endText(int exitStatus) const
{
    if (isAttached())
        return exitStatus == 0 ? tr("The terminal was left, or the main process has ended.")
                               : tr("The main process has ended with exit code %1.").arg(exitStatus);
    if (exitStatus == kCouldNotRun)
        return isBySsh() ? tr("ssh could not log in, or its connection broke; it says why above.")
                         : tr("It could not be run, or ended with exit code 255.");
    return exitStatus == 0 ? tr("It has ended.") : tr("It has ended with exit code %1.").arg(exitStatus);
}

void TerminalSession::showEnd(const QString& text)
{
    m_view->setEnded(true);
    m_endText->setText(text);
    m_end->show();
    presentAgain();
}

void TerminalSession::setWorkload(const WorkloadInfo& info)
{
    m_command.info = info;
    presentAgain();
}

bool TerminalSession::canRunAgain() const
{
    if (isBySsh())
        return m_command.info.state == WorkloadState::Running && m_command.info.startedAt == m_begunIn;
    return m_command.info.capabilities.testFlag(isAttached() ? Capability::Console : Capability::Exec);
}

void TerminalSession::presentAgain()
{
    if (m_program)
        return;
    const bool canRun = canRunAgain();
    m_again->setEnabled(canRun);
    const auto state = m_command.info.state;
    const bool isAnotherRun = isBySsh() && state == WorkloadState::Running;
    const QString why = isAnotherRun ? tr("%1 was started again and may have another address: log in anew")
                                     : tr("%1 has to run first");
    m_again->setToolTip(canRun ? QString() : why.arg(m_command.info.name));
    const bool isOver = isBySsh() ? state != WorkloadState::Running && state != WorkloadState::Paused
                                  : m_command.info.footprint.isEmpty(); // of another computer it is empty
    if (isOver)
        m_endText->setText(tr("%1 does not run any more, so the terminal has ended.").arg(m_command.info.name));
}

} // namespace twinhull
