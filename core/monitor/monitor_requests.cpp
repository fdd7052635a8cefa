// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/monitor.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/monitor/run_record.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>

#include <csignal>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kLogoutGrace = 5s;
constexpr auto kUnhealthyGrace = 10s;

Error notRunning()
{
    return Error{ ErrorCode::Busy, "it does not run just now: it waits to be started again", 0, {} };
}

} // namespace

Result<MonitorStatus> Monitor::onRequest(const MonitorRequest& request)
{
    Result<> done;
    const MonitorPhase before = m_status.phase;
    switch (request.verb) {
    case MonitorVerb::Status:
    case MonitorVerb::Subscribe:
        return m_status;
    case MonitorVerb::Stop:
        if (auto may = mayChange(); !may)
            return std::move(may).error();
        noteStopAsked();
        done = stop(request.signal > 0 ? request.signal : m_arguments.stopSignal,
            std::chrono::milliseconds(request.graceMilliseconds));
        m_isStopNoted = m_isStopNoted || done;
        break;
    case MonitorVerb::Kill:
        done = kill(request.signal > 0 ? request.signal : SIGKILL);
        break;
    case MonitorVerb::Pause:
        done = setPaused(MonitorPhase::Paused);
        break;
    case MonitorVerb::Resume:
        done = setPaused(MonitorPhase::Running);
        break;
    case MonitorVerb::Renamed:
        done = tellNewName();
        break;
    case MonitorVerb::Checkpoint:
        done = checkpoint(request.checkpoint);
        break;
    case MonitorVerb::GiveUp:
        done = giveUpSaving();
        break;
    case MonitorVerb::Attach:
    case MonitorVerb::Resize:
    case MonitorVerb::Feed:
        done = request.verb == MonitorVerb::Feed ? mayFeed() : attach(request.size);
        if (done)
            noteRequest(request, before);
        return done ? Result<MonitorStatus>(m_status) : std::move(done).error();
    }
    if (!done)
        return std::move(done).error();
    noteRequest(request, before);
    publish();
    return m_status;
}

/// Before anything is sent: a monitor that takes over from here must not start it again.
void Monitor::noteStopAsked()
{
    m_status.isStopAsked = true;
    keepForSuccessor();
}

Result<> Monitor::kill(int signalNumber)
{
    if (auto may = mayChange(); !may)
        return may;
    if (!m_process)
        return notRunning();
    const bool isMeantToEnd = signalNumber == SIGKILL || signalNumber == SIGTERM || signalNumber == SIGINT
        || signalNumber == SIGQUIT || signalNumber == m_arguments.stopSignal;
    if (isMeantToEnd)
        noteStopAsked();
    return signalNumber == SIGKILL ? killProcess() : m_process->signal(signalNumber);
}

Result<> Monitor::stop(int signalNumber, std::chrono::milliseconds grace)
{
    if (m_status.phase == MonitorPhase::Restarting)
        return m_restartTime->set(0ms); // not now: who asks waits for an answer from what would be gone
    if (!m_process)
        return notRunning();
    const bool isPolite = grace.count() > 0 && signalNumber != SIGKILL && m_process->handles(signalNumber);
    if (auto sent = isPolite ? m_process->signal(signalNumber) : killProcess(); !sent)
        return sent;
    if (m_status.phase == MonitorPhase::Paused) {
        if (auto thawed = m_cgroup.thaw(); !thawed)
            return thawed;
    }
    m_status.phase = MonitorPhase::Stopping;
    return isPolite ? m_killTime->set(grace) : Result<>();
}

Result<> Monitor::setPaused(MonitorPhase phase)
{
    if (m_status.phase == phase)
        return {};
    if (auto may = mayChange(); !may)
        return may;
    if (!m_process)
        return notRunning();
    if (m_status.phase == MonitorPhase::Stopping)
        return Error{ ErrorCode::Busy, "it is being stopped", 0, {} };
    auto done = phase == MonitorPhase::Paused ? m_cgroup.freeze() : m_cgroup.thaw();
    if (done)
        m_status.phase = phase;
    return done;
}

Result<> Monitor::attach(const TerminalSize& size)
{
    if (!m_terminal)
        return Error{ ErrorCode::Unsupported, "it has no terminal", 0,
            m_status.note.empty() ? "Make one that has: twinhullctl create --terminal" : m_status.note };
    return m_terminal->resize(size);
}

void Monitor::onOutput(OutputFifo& fifo, LogStream stream)
{
    keepOutput(stream, fifo.read());
}

void Monitor::onTerminal(std::uint32_t events)
{
    if ((events & EPOLLOUT) != 0)
        onTyped({});
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
        return;
    const std::string bytes = m_terminal->read();
    keepOutput(LogStream::Output, bytes);
    m_control->publishOutput(bytes);
}

void Monitor::onTyped(std::string_view bytes)
{
    if (!m_terminal) // between two runs
        return;
    const auto rest = m_terminal->type(bytes);
    const std::uint32_t wanted = rest == Terminal::Input::Taken ? std::uint32_t{ EPOLLIN } : EPOLLIN | EPOLLOUT;
    (void)m_loop->changeEvents(m_terminal->fd(), wanted); // it is watched: cannot fail in a way that matters
}

void Monitor::keepOutput(LogStream stream, const std::string& bytes)
{
    auto written = bytes.empty() ? Result<>() : m_log->append(stream, bytes, wallClockNanoseconds());
    if (written || !m_status.note.empty())
        return;
    m_status.note = "Its output cannot be kept: " + written.error().message; // a container must not wait for a disk
    publish();
}

void Monitor::onSignal()
{
    signalfd_siginfo info{};
    (void)!::read(m_signals.fd(), &info, sizeof info); // which one it was makes no difference
    m_isLeaving = true;
    if (m_saving)
        m_saving->giveUp(); // its end comes back here
    else
        onLeaving();
}

void Monitor::onLeaving()
{
    if (auto stopped = stop(m_arguments.stopSignal, kLogoutGrace); stopped)
        publish();
}

void Monitor::onUnhealthy(const std::string& why)
{
    const Upkeep upkeep = readUpkeep();
    const auto action = upkeep.health ? upkeep.health->onFailure : UnhealthyAction::None;
    if (action == UnhealthyAction::None || m_status.phase != MonitorPhase::Running)
        return;
    m_endReason = why;
    m_mustRestart = action == UnhealthyAction::Restart;
    if (action == UnhealthyAction::Stop)
        noteStopAsked();
    auto done = action == UnhealthyAction::Kill ? killProcess() : stop(m_arguments.stopSignal, kUnhealthyGrace);
    if (!done)
        log(LogLevel::Warning, done.error());
    publish();
}

} // namespace twinhull
