// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/monitor.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/ipc/container_lock.h"
#include "core/monitor/console_socket.h"
#include "core/monitor/network_helper.h"
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

using namespace std::chrono_literals;

constexpr auto kLogoutGrace = 5s;
constexpr auto kViewersGrace = 1s; // to read the end of what the container said

std::int64_t wallNanoseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{ now.tv_sec } * 1'000'000'000 + now.tv_nsec;
}

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

/// For the monitor that may have to take over, and a sign to all who watch the folder that there is one to knock at.
/// Not synced to the disk: it is of no use after the computer has stopped, and a start should not wait for that.
Result<> keepRunRecord(const std::string& path, const MonitorStatus& status)
{
    const std::string partial = path + ".partial";
    auto file = openPath(partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!file)
        return std::move(file).error();
    if (auto written = writeAll(*file, encodeMonitorReply(status)); !written)
        return std::move(written).withContext(path);
    if (::rename(partial.c_str(), path.c_str()) != 0)
        return Error::fromErrno(errno, "rename to " + path);
    return {};
}

/// The pid comes from a file that may be older than a reboot of the pid counter: its name has to fit.
UniqueFd openHelper(pid_t pid)
{
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const auto name = readFile("/proc/" + std::to_string(pid) + "/comm", 64);
    const bool fits = name && (name->starts_with("slirp4netns") || name->starts_with("pas"));
    return fits ? std::move(pidfd) : UniqueFd();
}

} // namespace

Monitor::Monitor(MonitorArguments arguments)
    : m_arguments(std::move(arguments))
    , m_hull(m_arguments.hullPath, m_arguments.runtimeFolder + "/hull", m_arguments.id)
{
    m_status.monitorPid = ::getpid();
    const auto now = monotonicNanoseconds();
    const auto request = m_arguments.requestNanoseconds > 0 ? std::min(m_arguments.requestNanoseconds, now) : now;
    mark("request", request);
    if (m_arguments.unpackNanoseconds >= request && m_arguments.unpackNanoseconds <= now)
        mark("unpack", m_arguments.unpackNanoseconds);
    mark("monitor", now);
}

Result<MonitorStatus> Monitor::begin()
{
    auto begun = open();
    if (begun)
        begun = m_arguments.task == MonitorTask::Start ? start() : adopt();
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
    if (!signals || !loop || !killTime)
        return signals ? (loop ? std::move(killTime).error() : std::move(loop).error()) : std::move(signals).error();
    m_signals = *std::move(signals);
    m_loop.emplace(*std::move(loop));
    m_killTime.emplace(*std::move(killTime));
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
    auto log = LogFile::open(m_arguments.containerFolder + "/" + kContainerLogPath, m_arguments.logLimitBytes);
    if (!log)
        return std::move(log).error();
    m_log.emplace(*std::move(log));
    return {};
}

Result<> Monitor::start()
{
    if (auto free = checkPortsFree(m_arguments.ports); !free)
        return free;
    (void)::unlink((m_arguments.containerFolder + "/" + kExitRecordName).c_str()); // of the run before; may be missing
    if (auto removed = m_hull.remove(); !removed) // left over where a monitor was killed
        return removed;
    if (auto created = create(); !created)
        return created;
    mark("created", monotonicNanoseconds());
    if (auto taken = takeProcess(); !taken)
        return taken;
    if (auto network = startNetwork(); !network)
        return std::move(network).withContext("network");
    if (auto started = m_hull.start(); !started)
        return started;
    m_status.phase = MonitorPhase::Running;
    m_status.startedWallMilliseconds = wallClockMilliseconds();
    if (auto read = readMarks(); !read)
        return read;
    if (auto watched = watch(); !watched)
        return watched;
    return keepRunRecord(m_arguments.containerFolder + "/" + kRunRecordName, m_status);
}

Result<> Monitor::create()
{
    if (m_arguments.stdio == ContainerStdio::Streams)
        return m_hull.create({ m_arguments.containerFolder, {} }, *m_output, *m_error);
    auto socket = ConsoleSocket::listen(runtimePath("console.sock"));
    if (!socket)
        return std::move(socket).error().withContext("terminal");
    if (auto created = m_hull.create({ m_arguments.containerFolder, socket->path() }, *m_output, *m_error); !created)
        return created;
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
    auto log = m_helperOutput->writeEnd();
    if (!log)
        return std::move(log).error();
    auto helper = startNetworkHelper(
        { m_arguments.networkHelper, m_arguments.runtimeFolder, m_status.containerPid, m_arguments.ports, log->fd() });
    if (!helper) {
        const std::string said = lastLineOf(m_helperOutput->read());
        auto& error = helper.error();
        return error.code == ErrorCode::Unavailable && !said.empty() ? std::move(error).withContext(said)
                                                                     : std::move(error);
    }
    m_helper = std::move(helper->pidfd);
    m_status.helperPids = { helper->pid };
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
    if (auto text = readFile(m_arguments.containerFolder + "/" + kRunRecordName, kMonitorReplyLimitBytes)) {
        if (auto before = decodeMonitorReply(*text))
            m_status = *std::move(before);
    }
    m_status.monitorPid = ::getpid();
    if (!m_status.helperPids.empty())
        m_helper = openHelper(m_status.helperPids.front());
    if (std::exchange(m_status.hasTerminal, false)) // only the monitor had the master side; the kernel hung it up
        m_status.note = "Its terminal was lost when its monitor was killed; start it again to have one.";
    if (auto taken = takeProcess(); !taken) {
        m_status.exit = ExitRecord{ std::nullopt, 0, false, wallClockMilliseconds(),
            m_status.note.empty()
                ? "It ended after its monitor had been killed: nobody could see its exit status."
                : "Its monitor was killed and its terminal with it, so it was hung up (SIGHUP); nobody "
                  "could see its exit status." };
        onEnd();
        return {};
    }
    if (m_status.phase == MonitorPhase::Starting) { // killed half way: nobody waits for this start any more
        m_status.exit = ExitRecord{ std::nullopt, 0, false, wallClockMilliseconds(), "Its start was interrupted." };
        onEnd();
        return {};
    }
    if (auto watched = watch(); !watched)
        return watched;
    return keepRunRecord(m_arguments.containerFolder + "/" + kRunRecordName, m_status);
}

Result<> Monitor::watch()
{
    if (auto listening = listen(); !listening)
        return listening;
    Result<> watched = m_loop->watch(m_process->pidfd(), EPOLLIN, [this](std::uint32_t) { onEnd(); });
    if (watched)
        watched
            = m_loop->watch(m_output->fd(), EPOLLIN, [this](std::uint32_t) { onOutput(*m_output, LogStream::Output); });
    if (watched)
        watched
            = m_loop->watch(m_error->fd(), EPOLLIN, [this](std::uint32_t) { onOutput(*m_error, LogStream::Error); });
    if (watched)
        watched = m_loop->watch(m_helperOutput->fd(), EPOLLIN, [this](std::uint32_t) { (void)m_helperOutput->read(); });
    if (watched)
        watched = m_loop->watch(m_signals.fd(), EPOLLIN, [this](std::uint32_t) { onSignal(); });
    if (watched)
        watched = m_loop->watch(m_killTime->fd(), EPOLLIN, [this](std::uint32_t) { (void)stop(SIGKILL, 0ms); });
    if (watched && m_terminal)
        watched = watchTerminal();
    if (watched && m_helper)
        watched = m_loop->watch(m_helper.fd(), EPOLLIN, [this](std::uint32_t) {
            endHelper();
            m_status.note = "Its network helper has ended: it has no network until it is started again.";
            publish();
        });
    return watched;
}

Result<> Monitor::listen()
{
    ControlSocket::Handlers handlers;
    handlers.request = [this](const MonitorRequest& request) { return onRequest(request); };
    handlers.recentOutput = [this] { return m_terminal->recent(); };
    handlers.typed = [this](std::string_view bytes) { onTyped(bytes); };
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

Result<MonitorStatus> Monitor::onRequest(const MonitorRequest& request)
{
    Result<> done;
    switch (request.verb) {
    case MonitorVerb::Status:
    case MonitorVerb::Subscribe:
        return m_status;
    case MonitorVerb::Stop:
        done = stop(request.signal > 0 ? request.signal : m_arguments.stopSignal,
            std::chrono::milliseconds(request.graceMilliseconds));
        break;
    case MonitorVerb::Kill:
        done = m_process->signal(request.signal > 0 ? request.signal : SIGKILL);
        break;
    case MonitorVerb::Pause:
        done = setPaused(MonitorPhase::Paused);
        break;
    case MonitorVerb::Resume:
        done = setPaused(MonitorPhase::Running);
        break;
    case MonitorVerb::Attach:
    case MonitorVerb::Resize:
        done = attach(request.size);
        return done ? Result<MonitorStatus>(m_status) : std::move(done).error();
    }
    if (!done)
        return std::move(done).error();
    publish();
    return m_status;
}

Result<> Monitor::stop(int signalNumber, std::chrono::milliseconds grace)
{
    const bool isPolite = grace.count() > 0 && signalNumber != SIGKILL && m_process->handles(signalNumber);
    if (auto sent = m_process->signal(isPolite ? signalNumber : SIGKILL); !sent)
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
    const auto rest = m_terminal->type(bytes);
    const std::uint32_t wanted = rest == Terminal::Input::Taken ? std::uint32_t{ EPOLLIN } : EPOLLIN | EPOLLOUT;
    (void)m_loop->changeEvents(m_terminal->fd(), wanted); // it is watched: cannot fail in a way that matters
}

void Monitor::keepOutput(LogStream stream, const std::string& bytes)
{
    auto written = bytes.empty() ? Result<>() : m_log->append(stream, bytes, wallNanoseconds());
    if (written || !m_status.note.empty())
        return;
    m_status.note = "Its output cannot be kept: " + written.error().message; // a container must not wait for a disk
    publish();
}

void Monitor::onSignal()
{
    signalfd_siginfo info{};
    (void)!::read(m_signals.fd(), &info, sizeof info); // which one it was makes no difference
    if (auto stopped = stop(m_arguments.stopSignal, kLogoutGrace); stopped)
        publish();
}

void Monitor::onEnd()
{
    if (!m_status.exit)
        m_status.exit = m_process->reap();
    // A child that was killed some time ago did not end what ends well.
    m_status.exit->wasOutOfMemory = m_status.exit->exitStatus != 0 && m_cgroup.hasKilledForMemory();
    m_status.phase = MonitorPhase::Exited;
    m_status.containerPid = 0;
    for (auto [fifo, stream] : { std::pair{ &*m_output, LogStream::Output }, { &*m_error, LogStream::Error } }) {
        for (auto bytes = fifo->read(); !bytes.empty(); bytes = fifo->read())
            (void)m_log->append(stream, bytes, wallNanoseconds()); // told before, if it fails
    }
    for (auto bytes = m_terminal ? m_terminal->read() : std::string(); !bytes.empty(); bytes = m_terminal->read()) {
        (void)m_log->append(LogStream::Output, bytes, wallNanoseconds());
        if (m_control)
            m_control->publishOutput(bytes);
    }
    const std::string path = m_arguments.containerFolder + "/" + kExitRecordName;
    if (auto kept = writeFileAtomically(path, encodeExitRecord(*m_status.exit)); !kept)
        log(LogLevel::Error, kept.error());
    cleanUp();
    m_lock.reset(); // whoever hears of the end may start it again at once
    publish();
    if (m_control)
        m_control->drain(kViewersGrace);
    m_control.reset();
    m_loop->stop();
}

/// Everything but the container's own folder. What cannot be taken away now is taken away before the next start.
void Monitor::cleanUp()
{
    if (auto removed = m_hull.remove(); !removed)
        log(LogLevel::Warning, removed.error());
    endHelper();
    m_status.helperPids.clear();
    (void)::unlink((m_arguments.containerFolder + "/" + kRunRecordName).c_str()); // there is none after a failed start
    if (auto removed = removeTree(m_arguments.runtimeFolder); !removed)
        log(LogLevel::Warning, removed.error());
}

void Monitor::endHelper()
{
    if (!m_helper)
        return;
    m_loop->unwatch(m_helper.fd());
    (void)::syscall(SYS_pidfd_send_signal, m_helper.fd(), SIGKILL, nullptr, 0); // ESRCH: it ended by itself
    siginfo_t info{};
    constexpr auto kPidfdType = static_cast<idtype_t>(3); // P_PIDFD
    (void)::waitid(kPidfdType, static_cast<id_t>(m_helper.fd()), &info, WEXITED); // ECHILD when it was adopted
    m_helper.reset();
    m_status.helperPids.clear();
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
