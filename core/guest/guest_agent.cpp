// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_agent.h"

#include "core/base/clock.h"
#include "core/guest/guest_figures.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace twinhull {

namespace {

constexpr int kStopGraceSeconds = 10; ///< as docker stop
constexpr int kFailureGraceSeconds = 5; ///< for the host to ask what happened
constexpr const char* kPortFolder = "/sys/class/virtio-ports";

Result<> addTo(const UniqueFd& epoll, int fd, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (::epoll_ctl(epoll.fd(), EPOLL_CTL_ADD, fd, &event) != 0)
        return Error::fromErrno(errno, "watch a descriptor");
    return {};
}

} // namespace

GuestAgent::GuestAgent(GuestBoot& boot) : m_boot(boot) { }

Result<> GuestAgent::watch()
{
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    m_signals.reset(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    m_timer.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    m_epoll.reset(::epoll_create1(EPOLL_CLOEXEC));
    if (!m_signals || !m_timer || !m_epoll)
        return Error::fromErrno(errno, "prepare the agent");
    if (auto added = addTo(m_epoll, m_signals.fd(), EPOLLIN); !added)
        return added;
    return addTo(m_epoll, m_timer.fd(), EPOLLIN);
}

/// The port's name comes by a message of its own after the driver has found the device.
Result<> GuestAgent::watchPort()
{
    auto uevents = Uevents::open();
    if (!uevents)
        return std::move(uevents).error();
    m_uevents = std::move(*uevents);
    if (auto loaded = m_boot.loadAgentModules(); !loaded)
        return loaded;
    if (auto added = addTo(m_epoll, m_uevents->fd(), EPOLLIN); !added)
        return added;
    openPortWhenThere();
    return {};
}

Result<int> GuestAgent::run()
{
    if (auto watched = watch(); !watched)
        return std::move(watched).error();
    onSignal(); // the entrypoint may have ended before the signal was watched
    if (m_boot.error())
        setTimer(kFailureGraceSeconds);
    if (auto watched = watchPort(); !watched && m_boot.error())
        return std::move(watched).error(); // nobody can ever ask
    while (!m_isOver) {
        std::array<epoll_event, 8> events{};
        const int count = ::epoll_wait(m_epoll.fd(), events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i)
            handle(events[static_cast<std::size_t>(i)].data.fd);
    }
    return m_exitStatus.value_or(m_boot.error() ? 127 : 0);
}

void GuestAgent::handle(int fd)
{
    if (fd == m_signals.fd())
        onSignal();
    else if (fd == m_timer.fd())
        onTimer();
    else if (m_port && fd == m_port->fd())
        onPort();
    else if (m_uevents && fd == m_uevents->fd())
        openPortWhenThere();
}

void GuestAgent::openPortWhenThere()
{
    m_uevents->drain();
    const auto device = portByName(kPortFolder, kGuestAgentPort);
    if (!device)
        return;
    auto port = AgentPort::open(*device);
    if (!port || !addTo(m_epoll, port->fd(), EPOLLIN | EPOLLOUT | EPOLLET))
        return;
    m_port = std::move(*port);
    m_uevents.reset();
    onPort();
}

void GuestAgent::onSignal()
{
    signalfd_siginfo info{};
    while (::read(m_signals.fd(), &info, sizeof info) > 0) { }
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != m_boot.entrypoint())
            continue;
        m_exitStatus = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
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

void GuestAgent::onPort()
{
    m_port->readWhatCame();
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
