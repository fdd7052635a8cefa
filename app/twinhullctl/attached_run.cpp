// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/attached_run.h"

#include "app/twinhullctl/input_session.h"
#include "app/twinhullctl/log_tail.h"
#include "app/twinhullctl/terminal_session.h"
#include "core/base/files.h"
#include "core/ipc/container_folder.h"

#include <sys/file.h>
#include <sys/stat.h>

namespace twinhull {

namespace {

constexpr std::size_t kExitRecordLimitBytes = 64U << 10U;

} // namespace

AttachedRun::AttachedRun(Program& program, By by) : QObject(&program), m_program(program), m_by(by)
{
    connect(&program, &Program::interrupted, this, &AttachedRun::onInterrupted);
}

/// The lock is what its monitor waits for before it takes the folder away (Monitor::leave()).
void AttachedRun::hold(const WorkloadId& id)
{
    m_id = id;
    m_path = ContainerFolder(m_program.folders(), id.key.toStdString()).path();
    auto folder = openPath(m_path, O_RDONLY | O_DIRECTORY);
    if (!folder)
        return; // it is read by its name then
    (void)::flock(folder->fd(), LOCK_SH | LOCK_NB); // where locks do not work, it may be gone too soon: told then
    m_folder = *std::move(folder);
    m_path = "/proc/self/fd/" + std::to_string(m_folder.fd());
}

void AttachedRun::follow()
{
    if (!m_id)
        return m_program.fail({ ErrorCode::NotFound, "it was removed before it could be started", 0, {} });
    m_hasStarted = true;
    const auto& registry = m_program.registry();
    // later, so that a monitor that takes over from a killed one is known by then
    connect(&registry, &WorkloadRegistry::changed, this, &AttachedRun::look, Qt::QueuedConnection);
    connect(&registry, &WorkloadRegistry::removed, this, &AttachedRun::look, Qt::QueuedConnection);
    if (m_by != By::Terminal || !openTerminal())
        showLog();
    if (m_by == By::Streams)
        passInput();
    if (m_interruptions > 0)
        stop(m_interruptions > 1 ? StopMode::Force : StopMode::Graceful);
    QMetaObject::invokeMethod(this, &AttachedRun::look, Qt::QueuedConnection);
}

void AttachedRun::join(const WorkloadId& id)
{
    m_hasJoined = true;
    hold(id);
    follow();
}

/// False where it has ended already.
bool AttachedRun::openTerminal()
{
    auto terminal = m_program.containers()->openTerminal(*m_id, RawTerminal::size());
    if (!terminal)
        return false;
    m_isTerminalOpen = true;
    new TerminalSession(m_program, *std::move(terminal), [this](bool hasShown) { onTerminalEnded(hasShown); });
    return true;
}

void AttachedRun::onTerminalEnded(bool hasShown)
{
    m_isTerminalOpen = false;
    if (!hasShown) // it ended before its monitor had heard of us
        showLog();
    look();
}

void AttachedRun::showLog()
{
    LogChoice choice;
    choice.asJson = m_program.wantsJson();
    const QString path = QString::fromStdString(m_path + "/" + kContainerLogPath);
    m_log = new LogFollower(path, LogPrinter(WorkloadKind::Container, std::move(choice)), this);
    auto files = openLogs(path); // older ones, too, of one that is in a hurry
    if (!files)
        return m_program.fail(files.error());
    if (m_hasJoined)
        keepTail(*files, 0);
    if (auto printed = m_log->begin(*std::move(files)); !printed)
        return m_program.fail(printed.error());
    m_log->watch();
}

/// One that has ended already takes nothing.
void AttachedRun::passInput()
{
    const auto note = [this](const Error& error) {
        if (!isOver())
            m_program.note(QString::fromStdString(error.toLine()));
    };
    const auto now = m_program.registry().find(*m_id);
    m_inputRun = now ? now->startedAt : QDateTime();
    auto connection = m_program.containers()->openInput(*m_id);
    if (!connection)
        return note(connection.error());
    const auto begin = m_isInputAtEnd ? InputSession::Begin::AtEnd : InputSession::Begin::Open;
    m_input = new InputSession(*std::move(connection), begin, this);
    connect(m_input, &InputSession::refused, this, note);
    connect(m_input, &InputSession::closed, this, &AttachedRun::onInputClosed);
}

/// It reads no more, or has ended: it may run again.
void AttachedRun::onInputClosed()
{
    m_isInputAtEnd = m_input->isAtEnd();
    m_input->deleteLater();
    m_input = nullptr;
    QMetaObject::invokeMethod(this, &AttachedRun::look, Qt::QueuedConnection);
}

/// Each run has an input of its own.
void AttachedRun::passInputToNextRun()
{
    const auto now = m_program.registry().find(*m_id);
    if (m_by != By::Streams || !now || now->state != WorkloadState::Running || !now->startedAt.isValid())
        return;
    if (m_input != nullptr && !m_inputRun.isValid())
        m_inputRun = now->startedAt; // it was not known yet
    if (m_input == nullptr && now->startedAt != m_inputRun)
        passInput();
}

void AttachedRun::onInterrupted()
{
    ++m_interruptions;
    if (m_hasJoined && !m_isEnded) {
        m_isEnded = true;
        m_program.note(tr("Left; it runs on."));
        m_program.finish();
        return;
    }
    if (m_hasStarted && !m_isEnded) // else its job is cancelled
        stop(m_interruptions > 1 ? StopMode::Force : StopMode::Graceful);
}

/// Not in the program's queue: the next signal must not cancel it.
void AttachedRun::stop(StopMode mode)
{
    auto* job = m_program.containers()->stop(*m_id, mode).release();
    job->setParent(this);
    connect(job, &Job::finished, this, [this, job] {
        if (job->state() != Job::State::Succeeded && !m_isEnded && !isOver())
            m_program.note(QString::fromStdString(job->result().error().toLine()));
        job->deleteLater();
    });
    job->start();
}

bool AttachedRun::isOver() const
{
    const auto now = m_program.registry().find(*m_id);
    const bool runs = now && now->state != WorkloadState::Stopped && now->state != WorkloadState::Failed;
    return !runs && m_program.containers()->isSettled();
}

void AttachedRun::look()
{
    if (m_isEnded || m_isTerminalOpen)
        return;
    if (!isOver())
        return passInputToNextRun();
    m_isEnded = true;
    if (auto rest = m_log != nullptr ? m_log->printRest() : Result<>(); !rest)
        return m_program.fail(rest.error());
    const auto status = exitStatus();
    const auto info = m_program.registry().find(*m_id);
    const QString why = info ? info->stateReason : QString();
    if (isFolderGone())
        m_program.note(tr("It was removed before this program had read all: the end of what it said may be gone."));
    if (!status)
        return m_program.fail({ ErrorCode::Unknown,
            why.isEmpty() ? std::string("nobody could see its exit status") : why.toStdString(), 0, {} });
    if (*status != 0 && !why.isEmpty())
        m_program.note(why);
    m_program.finishAs(*status);
}

bool AttachedRun::isFolderGone() const
{
    struct stat info { };
    return m_folder && ::fstat(m_folder.fd(), &info) == 0 && info.st_nlink == 0;
}

std::optional<int> AttachedRun::exitStatus() const
{
    if (const auto text = readFile(m_path + "/" + kExitRecordName, kExitRecordLimitBytes)) {
        if (const auto record = decodeExitRecord(*text))
            return record->exitStatus;
    }
    const auto info = m_program.registry().find(*m_id); // its folder was taken away by somebody else
    return info ? info->exitStatus : std::nullopt;
}

} // namespace twinhull
