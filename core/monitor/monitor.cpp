// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/monitor.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/ipc/container_lock.h"
#include "core/ipc/container_settings.h"
#include "core/ipc/listened_ports.h"
#include "core/monitor/console_socket.h"
#include "core/monitor/network_helper.h"
#include "core/monitor/run_record.h"
#include "core/monitor/waiting.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace twinhull {

namespace {

/// Signals that would end us become readable instead; SIGPIPE becomes an errno.
Result<UniqueFd> catchSignals()
{
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : { SIGTERM, SIGINT, SIGHUP })
        ::sigaddset(&set, number);
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0)
        return Error::fromErrno(errno, "block signals");
    UniqueFd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals)
        return Error::fromErrno(errno, "signalfd");
    return signals;
}

} // namespace

Monitor::Monitor(MonitorArguments arguments)
    : m_arguments(std::move(arguments))
    , m_hull(m_arguments.hullPath, m_arguments.runtimeFolder + "/hull", m_arguments.id)
{
    m_status.monitorPid = ::getpid();
    m_status.bootId = currentBootId();
    const auto now = monotonicNanoseconds();
    const auto request = m_arguments.requestNanoseconds > 0 ? std::min(m_arguments.requestNanoseconds, now) : now;
    mark("request", request);
    if (m_arguments.unpackNanoseconds >= request && m_arguments.unpackNanoseconds <= now)
        mark("unpack", m_arguments.unpackNanoseconds);
    mark("monitor", now);
}

Result<MonitorStatus> Monitor::begin()
{
    if (m_arguments.task == MonitorTask::Adopt) { // before open(), which makes the runtime folder
        const auto record = readRunRecord(m_arguments.containerFolder);
        m_hasSessionEnded = record && isFromEarlierSession(*record, m_arguments.runtimeFolder);
    }
    auto begun = open();
    if (begun)
        begun = m_arguments.task == MonitorTask::Adopt ? adopt() : start();
    if (!begun) {
        if (m_lock) // else it is another monitor's container
            cleanUp();
        m_lock.reset(); // whoever hears of the failure may try again at once
        return std::move(begun).error();
    }
    return m_status;
}

Result<> Monitor::open()
{
    auto lock = lockContainer(m_arguments.containerFolder);
    if (!lock)
        return std::move(lock).error();
    m_lock = *std::move(lock);
    auto signals = catchSignals();
    auto loop = EventLoop::create();
    auto killTime = Deadline::create();
    auto restartTime = Deadline::create();
    if (!signals || !loop)
        return signals ? std::move(loop).error() : std::move(signals).error();
    if (!killTime || !restartTime)
        return killTime ? std::move(restartTime).error() : std::move(killTime).error();
    m_signals = *std::move(signals);
    m_loop.emplace(*std::move(loop));
    m_killTime.emplace(*std::move(killTime));
    m_restartTime.emplace(*std::move(restartTime));
    for (const auto& folder :
        { m_arguments.runtimeFolder, runtimePath("hull"), m_arguments.containerFolder + "/log" }) {
        if (auto made = makeFolders(folder); !made)
            return made;
    }
    for (auto [name, fifo] :
        { std::pair{ "stdout", &m_output }, { "stderr", &m_error }, { "helper", &m_helperOutput } }) {
        auto opened = OutputFifo::open(runtimePath(name));
        if (!opened)
            return std::move(opened).error();
        fifo->emplace(*std::move(opened));
    }
    auto log = LogFile::open(
        m_arguments.containerFolder + "/" + kContainerLogPath, { m_arguments.logLimitBytes, m_arguments.logFiles });
    if (!log)
        return std::move(log).error();
    m_log.emplace(*std::move(log));
    return {};
}

Result<> Monitor::start()
{
    m_isRestoring = m_arguments.task == MonitorTask::Restore;
    if (auto launched = launch(); !launched)
        return launched;
    if (auto watched = watch(); !watched)
        return watched;
    if (auto watched = watchRun(); !watched)
        return watched;
    if (auto watched = watchHealth(MonitorTask::Start); !watched)
        return watched;
    if (std::exchange(m_isRestoring, false) && !m_arguments.keepsCheckpoint) { // its files change from here on
        if (auto removed = removeTree(containerPath(kCheckpointFolder)); !removed)
            log(LogLevel::Warning, removed.error());
    }
    return keepRunRecord(m_arguments.containerFolder, m_status);
}

/// From nothing to a container that runs. After an error some of it may be there.
Result<> Monitor::launch()
{
    if (auto free = checkPortsFree(listenedPorts(m_arguments.ports)); !free)
        return free;
    if (!m_isRestoring) // which may fail, and then it is still one that was saved
        (void)::unlink(containerPath(kExitRecordName).c_str()); // of the run before; may be missing
    if (auto removed = m_hull.remove(); !removed) // left over where a monitor was killed
        return removed;
    if (auto kept = openKeeper(0); !kept) // hull makes the container's user namespace in the keeper's
        return std::move(kept).withContext("network");
    if (auto created = m_isRestoring ? restore() : create(); !created)
        return created;
    mark("created", monotonicNanoseconds());
    const auto created = wallClockMilliseconds();
    if (auto taken = takeProcess(); !taken)
        return taken;
    if (auto network = startNetwork(); !network)
        return std::move(network).withContext("network");
    if (auto started = m_isRestoring ? Result<>() : m_hull.start(); !started) // else it runs by now
        return started;
    if (m_isRestoring)
        (void)::unlink(containerPath(kExitRecordName).c_str());
    m_status.phase = MonitorPhase::Running;
    m_status.startedWallMilliseconds = wallClockMilliseconds();
    noteStart(created);
    return readMarks();
}

Result<> Monitor::create()
{
    if (auto opened = openInput(); !opened)
        return opened;
    auto created = make([this](HullClient::Creation creation) {
        creation.input = m_input ? m_input->readEnd() : -1;
        return m_hull.create(creation, *m_output, *m_error);
    });
    if (m_input)
        m_input->letGoOfReadEnd();
    return created;
}

/// By hull, with a terminal where it has one.
Result<> Monitor::make(const std::function<Result<>(const HullClient::Creation&)>& ask)
{
    if (m_arguments.stdio != ContainerStdio::Terminal)
        return ask({ m_arguments.containerFolder, {} });
    auto socket = ConsoleSocket::listen(runtimePath("console.sock"));
    if (!socket)
        return std::move(socket).error().withContext("terminal");
    if (auto made = ask({ m_arguments.containerFolder, socket->path() }); !made)
        return made;
    auto master = socket->receive();
    auto terminal = master ? Terminal::open(*std::move(master)) : Result<Terminal>(std::move(master).error());
    if (!terminal)
        return std::move(terminal).error().withContext("terminal");
    m_terminal.emplace(*std::move(terminal));
    m_status.hasTerminal = true;
    return {};
}

Result<> Monitor::takeProcess()
{
    auto record = m_hull.record();
    if (!record)
        return std::move(record).error();
    auto process = ContainerProcess::open(record->pid, record->pidStartTicks);
    if (!process)
        return std::move(process).error();
    m_process.emplace(*std::move(process));
    takeRootServer(*record);
    m_cgroup = ContainerCgroup(record->cgroup);
    m_status.containerPid = record->pid;
    m_status.cgroupPath = record->cgroup;
    m_status.canPause = m_cgroup.canFreeze();
    return {};
}

Result<> Monitor::startNetwork()
{
    if (m_arguments.network == NetworkMode::None)
        return {};
    if (m_arguments.network == NetworkMode::Own) {
        if (auto joined = joinNetworks(); !joined)
            return joined;
        mark("network", monotonicNanoseconds());
        return {};
    }
    auto log = m_helperOutput->writeEnd();
    if (!log)
        return std::move(log).error();
    auto helper = startNetworkHelper({ m_arguments.networkHelper, m_arguments.runtimeFolder, m_status.containerPid,
        portsWithLocalhostAt(kLoopbackIpv4, m_arguments.ports), log->fd() });
    if (!helper) {
        const std::string said = lastLineOf(m_helperOutput->read());
        auto& error = helper.error();
        return error.code == ErrorCode::Unavailable && !said.empty() ? std::move(error).withContext(said)
                                                                     : std::move(error);
    }
    m_helper = std::move(helper->pidfd);
    m_status.helperPids.insert(m_status.helperPids.begin(), helper->pid); // where who takes over looks for it
    if (auto relayed = relayFromIpv6(); !relayed)
        return relayed;
    mark("network", monotonicNanoseconds());
    return {};
}

Result<> Monitor::readMarks()
{
    for (const auto& entry : m_hull.marks())
        mark(entry.name.c_str(), entry.monotonicNanoseconds);
    const auto isExec = [](const MonitorMark& entry) { return entry.name == "exec"; };
    const auto exec = std::find_if(m_status.marks.begin(), m_status.marks.end(), isExec);
    if (exec != m_status.marks.end()) // a container is ready at the first instruction of its entrypoint
        mark("ready", exec->monotonicNanoseconds);
    std::stable_sort(m_status.marks.begin(), m_status.marks.end(),
        [](const MonitorMark& a, const MonitorMark& b) { return a.monotonicNanoseconds < b.monotonicNanoseconds; });
    return {};
}

Result<> Monitor::adopt()
{
    if (auto before = readRunRecord(m_arguments.containerFolder))
        m_status = *std::move(before);
    m_status.monitorPid = ::getpid();
    m_status.bootId = currentBootId();
    if (m_hasSessionEnded) { // who starts it again is core/containers/bring_back_job.h: nobody may have asked for that
        m_status.helperPids.clear();
        m_status.containerPid = 0;
        m_isLeaving = true;
        return adoptEnded("The computer stopped, or the session ended, while it ran.");
    }
    if (!m_status.helperPids.empty())
        m_helper = findNetworkHelper(m_status.helperPids.front());
    if (m_status.phase == MonitorPhase::Restarting)
        return adoptEnded("It ended, and its monitor was killed before it was started again.");
    const bool hadTerminal = std::exchange(m_status.hasTerminal, false);
    if (hadTerminal) // only the monitor had the master side; the kernel hung it up
        m_status.note = "Its terminal was lost when its monitor was killed; start it again to have one.";
    if (std::exchange(m_status.hasInput, false)) // only the monitor had the end that is written to
        m_status.note = "Its standard input ended when its monitor was killed; start it again to have one.";
    if (auto taken = takeProcess(); !taken)
        return adoptEnded(!hadTerminal
                ? "It ended after its monitor had been killed: nobody could see its exit status."
                : "Its monitor was killed and its terminal with it, so it was hung up (SIGHUP); nobody could see its "
                  "exit status.");
    if (m_status.phase == MonitorPhase::Saving) // hull may be at it still: the container's end tells
        m_status.phase = MonitorPhase::Running;
    if (m_status.phase == MonitorPhase::Starting) { // killed half way: nobody waits for this start any more
        m_isLeaving = true;
        return adoptEnded("Its start was interrupted.");
    }
    adoptNetworks();
    adoptRelays();
    if (auto watched = watch(); !watched)
        return watched;
    if (auto watched = watchRun(); !watched)
        return watched;
    if (auto watched = watchHealth(MonitorTask::Adopt); !watched)
        return watched;
    return keepRunRecord(m_arguments.containerFolder, m_status);
}

/// It does not run; it may be that it is to be started again.
Result<> Monitor::adoptEnded(const char* reason)
{
    if (auto watched = watch(); !watched)
        return watched;
    if (m_status.phase == MonitorPhase::Restarting && !m_status.isStopAsked && !m_isLeaving) {
        m_lastExit = ExitRecord{ std::nullopt, 0, false, wallClockMilliseconds(), reason };
        return awaitRestart(m_status.restart);
    }
    m_status.exit = ExitRecord{ std::nullopt, 0, false, wallClockMilliseconds(), reason };
    onEnd();
    return {};
}

/// All that is watched from the first run to the last.
Result<> Monitor::watch()
{
    if (auto listening = listen(); !listening)
        return listening;
    Result<> watched
        = m_loop->watch(m_output->fd(), EPOLLIN, [this](std::uint32_t) { onOutput(*m_output, LogStream::Output); });
    if (watched)
        watched
            = m_loop->watch(m_error->fd(), EPOLLIN, [this](std::uint32_t) { onOutput(*m_error, LogStream::Error); });
    if (watched)
        watched = m_loop->watch(m_helperOutput->fd(), EPOLLIN, [this](std::uint32_t) { (void)m_helperOutput->read(); });
    if (watched)
        watched = m_loop->watch(m_signals.fd(), EPOLLIN, [this](std::uint32_t) { onSignal(); });
    if (watched)
        watched = m_loop->watch(m_killTime->fd(), EPOLLIN, [this](std::uint32_t) { onKillTime(); });
    if (watched)
        watched = m_loop->watch(m_restartTime->fd(), EPOLLIN, [this](std::uint32_t) { onRestartTime(); });
    return watched;
}

/// What there is of this run alone.
Result<> Monitor::watchRun()
{
    Result<> watched = m_loop->watch(m_process->pidfd(), EPOLLIN, [this](std::uint32_t) { onEnd(); });
    if (watched && m_terminal)
        watched = watchTerminal();
    if (watched && m_keeper)
        watched = m_loop->watch(m_keeper->fd(), EPOLLIN, [this](std::uint32_t) { onKeeperLost(); });
    if (watched && m_rootServer)
        watched = m_loop->watch(m_rootServer->pidfd(), EPOLLIN, [this](std::uint32_t) { onRootServerEnd(); });
    if (watched && m_helper)
        watched = m_loop->watch(m_helper.fd(), EPOLLIN, [this](std::uint32_t) {
            endHelper();
            m_status.note = "Its network helper has ended: it has no network until it is started again.";
            publish();
        });
    return watched;
}

Result<ContainerSettings> Monitor::readSettings() const
{
    const auto text = readFile(containerPath(kContainerSettingsName), kContainerSettingsLimitBytes);
    return text ? decodeContainerSettings(*text) : Result<ContainerSettings>(text.error());
}

/// Nothing of it where that cannot be read: the container runs all the same.
Upkeep Monitor::readUpkeep() const
{
    auto settings = readSettings();
    return settings ? std::move(settings->upkeep) : Upkeep{};
}

Result<> Monitor::watchHealth(MonitorTask task)
{
    const Upkeep upkeep = readUpkeep();
    m_status.health.reset();
    if (!upkeep.health || upkeep.health->command.empty())
        return {};
    HealthWatch::Setting setting;
    setting.check = *upkeep.health;
    setting.exec = m_hull.execWords();
    setting.id = m_arguments.id;
    setting.pidFile = runtimePath("health.pid");
    setting.reportPath = m_arguments.containerFolder + "/" + kHealthReportName;
    setting.mayProbe = [this] { return m_status.phase == MonitorPhase::Running; };
    setting.changed = [this] {
        const auto before = std::exchange(m_status.health, m_health->health());
        if (before != m_status.health && m_status.health)
            note("health_status", { { "health_status", nameOf(*m_status.health) } });
        keepForSuccessor();
        publish();
    };
    setting.failed = [this](const std::string& why) { onUnhealthy(why); };
    setting.reap = [this] {
        std::vector<pid_t> known = m_status.helperPids;
        known.push_back(m_status.containerPid);
        reapStrays(known);
    };
    auto watch = HealthWatch::create(*m_loop, std::move(setting));
    if (!watch)
        return std::move(watch).error().withContext("health check");
    m_health = *std::move(watch);
    if (task == MonitorTask::Start)
        m_health->begin();
    else
        m_health->goOn();
    m_status.health = m_health->health();
    return {};
}

Result<> Monitor::listen()
{
    ControlSocket::Handlers handlers;
    handlers.request = [this](const MonitorRequest& request) { return onRequest(request); };
    handlers.recentOutput = [this] { return m_terminal ? m_terminal->recent() : std::string(); };
    handlers.forgottenBytes = [this] { return m_terminal ? m_terminal->forgottenBytes() : 0; };
    handlers.isLogged = [this] { return m_log && m_log->hasAll() && !readUpkeep().isRemovedAtEnd; };
    handlers.typed = [this](std::string_view bytes) { onTyped(bytes); };
    handlers.fed = [this](std::string_view bytes) { return feed(bytes); };
    handlers.fedAll = [this] { endInput(); };
    auto control = ControlSocket::listen(*m_loop, m_arguments.runtimeFolder, std::move(handlers));
    if (!control)
        return std::move(control).error();
    m_control = *std::move(control);
    return {};
}

Result<> Monitor::watchTerminal()
{
    return m_loop->watch(m_terminal->fd(), EPOLLIN, [this](std::uint32_t events) { onTerminal(events); });
}

Result<> Monitor::run()
{
    if (m_status.exit)
        return {};
    return m_loop->run();
}

void Monitor::mark(const char* name, std::int64_t nanoseconds)
{
    m_status.marks.push_back({ name, nanoseconds });
}

void Monitor::publish()
{
    if (m_control)
        m_control->publish(m_status);
}

} // namespace twinhull
