// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/monitor.h"

#include "core/base/clock.h"
#include "core/base/data_folders.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/subprocess.h"
#include "core/monitor/log_readers.h"
#include "core/monitor/network_helper.h"
#include "core/monitor/next_restart.h"
#include "core/monitor/run_record.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <utility>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kRemoveDeadline = 10min;
constexpr auto kViewersGrace = 1s; // to read the end of what the container said

/// An ordinary user's container has files of subordinate ids.
void removeOwned(const std::string& path)
{
    if (::geteuid() == 0) {
        if (const auto removed = removeTree(path); !removed)
            log(LogLevel::Warning, removed.error());
        return;
    }
    const auto removed = runChecked({ { findProgram("image-worker"), "remove", path }, {}, {} }, kRemoveDeadline);
    if (!removed)
        log(LogLevel::Warning, removed.error());
}

std::string howItEnded(const ExitRecord& exit)
{
    if (!exit.reason.empty())
        return exit.reason;
    if (exit.wasOutOfMemory)
        return "The kernel ended it because it needed more memory than its limit.";
    return "It ended with exit status " + std::to_string(exit.exitStatus.value_or(0)) + ".";
}

} // namespace

void Monitor::onEnd()
{
    m_killTime->clear();
    m_isKilled = false;
    if (!m_status.exit)
        m_status.exit = m_process->reap();
    m_status.exit->wasOutOfMemory = m_cgroup.wasEndedForMemory(m_status.exit->exitStatus.value_or(-1));
    noteSaved(*m_status.exit);
    m_status.exit->wasAsked = m_status.isStopAsked;
    if (m_status.exit->reason.empty())
        m_status.exit->reason = std::exchange(m_endReason, {});
    readRest();
    noteEnd();
    decideWhatFollows();
}

/// What it said last.
void Monitor::readRest()
{
    for (auto [fifo, stream] : { std::pair{ &*m_output, LogStream::Output }, { &*m_error, LogStream::Error } }) {
        for (auto bytes = fifo->read(); !bytes.empty(); bytes = fifo->read())
            (void)m_log->append(stream, bytes, wallClockNanoseconds()); // told before, if it fails
    }
    for (auto bytes = m_terminal ? m_terminal->read() : std::string(); !bytes.empty(); bytes = m_terminal->read()) {
        (void)m_log->append(LogStream::Output, bytes, wallClockNanoseconds());
        if (m_control)
            m_control->publishOutput(bytes);
    }
}

/// Where it filled the disk itself, the record of its run, which is of no use any more, makes room for how it ended.
void Monitor::keepExit()
{
    const std::string path = m_arguments.containerFolder + "/" + kExitRecordName;
    const std::string text = encodeExitRecord(*m_status.exit);
    auto kept = writeFileAtomically(path, text);
    const bool isFull = !kept && (kept.error().sysErrno == ENOSPC || kept.error().sysErrno == EDQUOT);
    if (isFull && ::unlink((m_arguments.containerFolder + "/" + kRunRecordName).c_str()) == 0)
        kept = writeFileAtomically(path, text);
    if (!kept)
        log(LogLevel::Error, kept.error());
}

/// Of a run that has ended, or of a start that failed; how is in m_status.exit.
void Monitor::decideWhatFollows()
{
    keepExit();
    const auto next = wantedRestart();
    m_mustRestart = false;
    if (!next)
        return leave();
    letGoOfRun();
    m_lastExit = std::exchange(m_status.exit, std::nullopt);
    if (auto awaited = awaitRestart(*next); awaited)
        return;
    m_status.exit = std::exchange(m_lastExit, std::nullopt);
    leave();
}

std::optional<RestartState> Monitor::wantedRestart() const
{
    if (m_status.isStopAsked || m_isLeaving || hasLostItsPlace())
        return std::nullopt;
    auto policy = readUpkeep().restart;
    if (m_mustRestart)
        policy.when = RestartPolicy::When::Always;
    const auto now = wallClockMilliseconds();
    const bool hasRun = m_status.startedWallMilliseconds > 0 && m_status.phase != MonitorPhase::Starting;
    const auto ran = hasRun ? std::max<std::int64_t>(now - m_status.startedWallMilliseconds, 0) : 0;
    return nextRestart(policy, m_status.restart, { m_status.exit->exitStatus, std::chrono::milliseconds(ran) }, now);
}

/// The runtime folder goes with a person's last logout, and with it every way to reach this monitor: the next login
/// starts the container again, not we.
bool Monitor::hasLostItsPlace() const
{
    return !exists(m_arguments.runtimeFolder);
}

/// m_lastExit says how it ended.
Result<> Monitor::awaitRestart(const RestartState& next)
{
    m_status.phase = MonitorPhase::Restarting;
    m_status.restart = next;
    m_status.note = howItEnded(*m_lastExit);
    keepForSuccessor();
    // the wall clock may have been set: never longer than it was to be
    const auto wait = std::min(next.dueWallMilliseconds - wallClockMilliseconds(), next.delayMilliseconds);
    if (auto set = m_restartTime->set(std::chrono::milliseconds(wait)); !set)
        return set;
    publish();
    return {};
}

void Monitor::onRestartTime()
{
    m_restartTime->clear();
    if (m_status.isStopAsked || m_isLeaving || hasLostItsPlace()) {
        m_status.exit = std::exchange(m_lastExit, std::nullopt);
        m_status.exit->wasAsked = m_status.isStopAsked;
        if (std::exchange(m_isStopNoted, false)) // its end was told when it came
            note("stop");
        keepExit();
        return leave();
    }
    m_status.phase = MonitorPhase::Starting;
    m_status.note.clear();
    m_status.marks.clear();
    mark("request", monotonicNanoseconds());
    mark("monitor", monotonicNanoseconds());
    auto started = launch();
    if (started)
        started = watchRun();
    if (started)
        started = watchHealth(MonitorTask::Start);
    if (started) {
        note("restart", { { "restarts", std::to_string(m_status.restart.count) } });
        keepForSuccessor();
        m_lastExit.reset();
        return publish();
    }
    m_status.exit = ExitRecord{ std::nullopt, 0, false, wallClockMilliseconds(),
        "It could not be started again: " + started.error().message };
    decideWhatFollows();
}

/// A full disk stops neither a stop nor a restart: only who takes over knows less then.
void Monitor::keepForSuccessor()
{
    if (auto kept = keepRunRecord(m_arguments.containerFolder, m_status); !kept)
        log(LogLevel::Warning, kept.error());
}

/// Everything of this run alone; the monitor stays.
void Monitor::letGoOfRun()
{
    m_health.reset();
    letGoOfInput();
    if (m_process)
        m_loop->unwatch(m_process->pidfd());
    if (m_terminal)
        m_loop->unwatch(m_terminal->fd());
    m_terminal.reset();
    m_process.reset();
    m_cgroup = ContainerCgroup();
    if (auto removed = m_hull.remove(); !removed)
        log(LogLevel::Warning, removed.error());
    letGoOfRootServer();
    endHelper();
    m_status.containerPid = 0;
    m_status.places.clear();
    m_keeperLosses = 0;
    m_status.cgroupPath.clear();
    m_status.canPause = false;
    m_status.hasTerminal = false;
    m_status.health.reset();
}

void Monitor::leave()
{
    m_status.phase = MonitorPhase::Exited;
    m_status.containerPid = 0;
    m_status.health.reset();
    letGoOfInput();
    cleanUp();
    const std::string removed = giveUpFolder();
    m_lock.reset(); // whoever hears of the end may start it again at once
    publish();
    if (m_control)
        m_control->drain(kViewersGrace);
    m_control.reset();
    m_loop->stop();
    if (removed.empty())
        return;
    (void)awaitReaders(removed); // it goes either way
    removeOwned(removed);
}

/// For one that is removed at its end: from here on nobody finds it any more. Its new name is one that the next program
/// clears away where we are killed now (core/images/partial_path.h). Empty where it stays.
std::string Monitor::giveUpFolder()
{
    if (!readUpkeep().isRemovedAtEnd)
        return {};
    const std::string partial = m_arguments.containerFolder + "." + std::to_string(::getpid()) + ".partial";
    const auto event = eventOf("remove"); // its settings go with it
    if (::rename(m_arguments.containerFolder.c_str(), partial.c_str()) == 0) {
        if (!m_arguments.eventsFolder.empty())
            noteEvent(m_arguments.eventsFolder, event);
        return partial;
    }
    log(LogLevel::Error, Error::fromErrno(errno, "remove " + m_arguments.containerFolder));
    return {};
}

/// Everything but the container's own folder. What cannot be taken away now is taken away before the next start.
void Monitor::cleanUp()
{
    m_health.reset();
    if (auto removed = m_hull.remove(); !removed)
        log(LogLevel::Warning, removed.error());
    letGoOfRootServer();
    endHelper();
    (void)::unlink((m_arguments.containerFolder + "/" + kRunRecordName).c_str()); // there is none after a failed start
    if (auto removed = removeTree(m_arguments.runtimeFolder); !removed)
        log(LogLevel::Warning, removed.error());
}

void Monitor::endHelper()
{
    m_status.helperPids.clear();
    if (m_rootServer) // the network's has ended alone
        m_status.helperPids.push_back(m_rootServer->pid());
    m_relays.clear();
    letGoOfKeeper();
    if (!m_helper)
        return;
    m_loop->unwatch(m_helper.fd());
    endNetworkHelper(m_helper);
    m_helper.reset();
}

} // namespace twinhull
