// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_agent.h"

#include "core/base/clock.h"
#include "core/guest/guest_figures.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

namespace twinhull {

namespace {

constexpr int kStopGraceSeconds = 10; ///< as docker stop
constexpr int kFailureGraceSeconds = 5; ///< for the host to ask what happened
constexpr const char* kPortFolder = "/sys/class/virtio-ports";

} // namespace

GuestAgent::GuestAgent(GuestBoot& boot) : m_boot(boot) { }

Result<> GuestAgent::watch()
{
    sigset_t blocked;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGCHLD);
    ::sigaddset(&blocked, SIGPIPE); // of a command that does not read its input: told by errno
    ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    m_signals.reset(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    m_timer.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!m_signals || !m_timer)
        return Error::fromErrno(errno, "prepare the agent");
    auto loop = EventLoop::make();
    if (!loop)
        return std::move(loop).error();
    m_loop = *std::move(loop);
    if (auto watched = m_loop->watch(m_signals, EPOLLIN, [this] { onSignal(); }); !watched)
        return watched;
    if (auto watched = m_loop->watch(m_timer, EPOLLIN, [this] { onTimer(); }); !watched)
        return watched;
    return watchOutput();
}

Result<> GuestAgent::watchOutput()
{
    const GuestOutput* output = m_boot.output();
    if (output == nullptr)
        return {};
    for (const LogStream stream : { LogStream::Output, LogStream::Error }) {
        auto watched = m_loop->watch(output->readEnd(stream), EPOLLIN, [this, output, stream] {
            if (output->pass(stream, m_boot.console()) == GuestOutput::Passed::Ended)
                m_loop->forget(output->readEnd(stream));
        });
        if (!watched)
            return watched;
    }
    return {};
}

/// By looks of its own: pressure and notifications tell of want, nothing tells of rest.
Result<> GuestAgent::watchRest()
{
    if (m_boot.error() || m_boot.setup().cacheRestSeconds == 0)
        return {};
    m_rest.emplace(std::chrono::seconds(m_boot.setup().cacheRestSeconds));
    m_restTimer.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!m_restTimer)
        return Error::fromErrno(errno, "watch for rest");
    itimerspec always{};
    always.it_value.tv_sec = always.it_interval.tv_sec = m_rest->interval().count();
    (void)::timerfd_settime(m_restTimer.fd(), 0, &always, nullptr); // cannot fail with these arguments
    return m_loop->watch(m_restTimer, EPOLLIN, [this] { onRestTimer(); });
}

/// A port's name comes by a message of its own after the driver has found the device.
Result<> GuestAgent::watchPorts()
{
    auto uevents = Uevents::open();
    if (!uevents)
        return std::move(uevents).error();
    m_uevents = std::move(*uevents);
    if (auto loaded = m_boot.loadAgentModules(); !loaded)
        return loaded;
    if (auto watched = m_loop->watch(m_uevents->fd(), EPOLLIN, [this] { openPortsThatAreThere(); }); !watched)
        return watched;
    openPortsThatAreThere();
    return {};
}

Result<int> GuestAgent::run()
{
    if (auto watched = watch(); !watched)
        return std::move(watched).error();
    onSignal(); // the entrypoint may have ended before the signal was watched
    if (m_boot.error())
        setTimer(kFailureGraceSeconds);
    if (auto watched = watchPorts(); !watched && m_boot.error())
        return std::move(watched).error(); // nobody can ever ask
    (void)watchRest(); // without it the cache stays the guest's
    while (!m_isOver)
        m_loop->turn();
    return m_exitStatus.value_or(m_boot.error() ? 127 : 0);
}

void GuestAgent::openPortsThatAreThere()
{
    m_uevents->drain();
    if (!m_port) {
        if (const auto device = portByName(kPortFolder, kGuestAgentPort))
            openAgentPort(*device);
    }
    if (m_boot.error())
        return; // no root file system to run anything in
    for (std::size_t number = 0; number < m_sessions.size(); ++number) {
        if (m_sessions[number])
            continue;
        if (const auto device = portByName(kPortFolder, guestSessionPort(static_cast<int>(number))))
            openSessionPort(number, *device);
    }
}

void GuestAgent::openAgentPort(const std::string& device)
{
    auto port = GuestPort::open(device, kGuestLineLimitBytes);
    if (!port || !m_loop->watch(port->fd(), EPOLLIN | EPOLLOUT | EPOLLET, [this] { onPort(); }))
        return; // tried again at the next event
    m_port = std::move(*port);
    onPort();
}

void GuestAgent::openSessionPort(std::size_t number, const std::string& device)
{
    auto port = GuestPort::open(device, kSessionLineLimitBytes);
    if (!port)
        return; // as above
    m_sessions[number] = std::make_unique<GuestSession>(*m_loop, m_boot.setup(), *std::move(port));
    if (!m_sessions[number]->begin())
        m_sessions[number].reset();
}

void GuestAgent::onSignal()
{
    signalfd_siginfo info{};
    while (::read(m_signals.fd(), &info, sizeof info) > 0) { }
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        const int exitStatus = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        for (const auto& session : m_sessions) {
            if (session)
                session->onExit(pid, exitStatus);
        }
        if (pid != m_boot.entrypoint())
            continue;
        m_exitStatus = exitStatus;
        if (m_hasReported)
            m_isOver = true;
        else // it was quicker than the agent's port, and the start is still waited for
            setTimer(kFailureGraceSeconds);
    }
}

void GuestAgent::onTimer()
{
    std::uint64_t count = 0;
    (void)!::read(m_timer.fd(), &count, sizeof count); // only to quieten it
    if (m_boot.entrypoint() < 0 || m_exitStatus)
        m_isOver = true;
    else
        ::kill(m_boot.entrypoint(), SIGKILL);
}

void GuestAgent::onRestTimer()
{
    std::uint64_t count = 0;
    (void)!::read(m_restTimer.fd(), &count, sizeof count); // only to quieten it
    const auto look = readRestLook();
    if (look && m_rest->isTimeToGive(*look, std::chrono::nanoseconds(monotonicNanoseconds())))
        returnPageCache();
}

void GuestAgent::onPort()
{
    while (m_port->read() == GuestPort::Read::Came) { }
    while (const auto line = m_port->takeLine()) {
        if (const auto request = decodeGuestRequest(*line)) // else half a line of a client that died
            answer(*request);
    }
    m_port->writeWhatWaits();
}

void GuestAgent::answer(const GuestRequest& request)
{
    GuestReply reply = report(request.id);
    if (request.ask == GuestAsk::Figures)
        reply.reading = readGuestFigures();
    m_port->send(encodeGuestReply(reply));
    m_hasReported = true;
    if (m_exitStatus)
        m_isOver = true;
    else if (request.ask == GuestAsk::Shutdown)
        shutDown();
}

void GuestAgent::shutDown()
{
    if (m_boot.entrypoint() < 0) {
        m_isOver = true;
        return;
    }
    ::kill(m_boot.entrypoint(), m_boot.setup().stopSignal);
    setTimer(kStopGraceSeconds);
}

void GuestAgent::setTimer(int seconds) const
{
    itimerspec once{};
    once.it_value.tv_sec = seconds;
    (void)::timerfd_settime(m_timer.fd(), 0, &once, nullptr); // cannot fail with these arguments
}

GuestReply GuestAgent::report(std::uint64_t id) const
{
    GuestReply reply;
    reply.id = id;
    reply.phase = m_boot.error() ? GuestPhase::Failed : m_exitStatus ? GuestPhase::Ended : GuestPhase::Running;
    reply.marks = m_boot.marks().agesAt(monotonicNanoseconds());
    reply.exitStatus = m_exitStatus;
    reply.error = m_boot.error() ? m_boot.error()->message : std::string();
    return reply;
}

} // namespace twinhull
