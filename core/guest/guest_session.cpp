// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_session.h"

#include "core/base/files.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace twinhull {

namespace {

/// Nothing to be told of but a hang-up or an error, and of those once: they stay.
constexpr std::uint32_t kQuiet = EPOLLET;
constexpr int kHangUpMilliseconds = 100;

GuestSetup setupFor(const GuestSetup& entrypoint, const GuestCommand& command)
{
    GuestSetup setup = entrypoint;
    setup.arguments = command.arguments;
    setup.environment = mergedEnvironment(std::move(setup.environment), command.environment);
    if (!command.user.empty())
        setup.user = command.user;
    if (!command.workingFolder.empty())
        setup.workingFolder = command.workingFolder;
    return setup;
}

Result<> makePipe(UniqueFd& readEnd, UniqueFd& writeEnd, const UniqueFd& ours)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    readEnd.reset(ends[0]);
    writeEnd.reset(ends[1]);
    if (::fcntl(ours.fd(), F_SETFL, O_NONBLOCK) != 0)
        return Error::fromErrno(errno, "pipe");
    return {};
}

void setSize(const UniqueFd& terminal, const GuestCommand& command)
{
    const winsize size{ command.rows, command.columns, 0, 0 };
    if (size.ws_row > 0 && size.ws_col > 0)
        (void)::ioctl(terminal.fd(), TIOCSWINSZ, &size); // a wrong size is no reason to end
}

} // namespace

GuestSession::GuestSession(EventLoop& loop, const GuestSetup& setup, GuestPort port)
    : m_loop(loop), m_setup(setup), m_port(std::move(port))
{
}

GuestSession::~GuestSession()
{
    abandon();
    m_loop.forget(m_port.fd());
}

Result<> GuestSession::begin()
{
    if (auto watched = m_loop.watch(m_port.fd(), EPOLLIN | EPOLLOUT | EPOLLET, [this] { onPort(); }); !watched)
        return watched;
    onPort();
    return {};
}

/// Until nothing more is there: the port tells only of what is new.
void GuestSession::onPort()
{
    m_port.writeWhatWaits();
    if (!m_port.hasOutput()) {
        pauseOutput(false);
        finishWhenDrained();
    }
    while (m_waitingInput.empty()) {
        if (const auto line = m_port.takeLine()) {
            if (auto message = decodeSessionMessage(*line)) // else half a line of a client that died
                handle(*std::move(message));
            continue;
        }
        switch (m_port.read()) {
        case GuestPort::Read::Came:
            break;
        case GuestPort::Read::Nothing:
            return;
        case GuestPort::Read::HungUp:
            abandon();
            return;
        }
    }
}

void GuestSession::handle(SessionMessage message)
{
    if (message.kind == SessionKind::Open)
        return open(message);
    if (message.session != m_session || m_session == 0)
        return; // of a client that is gone
    if (message.kind == SessionKind::Input && m_programLeft > 0) {
        takeProgram(message.bytes);
    } else if (message.kind == SessionKind::Input && m_input) {
        m_waitingInput = std::move(message.bytes);
        takeInput();
    } else if (message.kind == SessionKind::InputEnd && !m_hasTerminal) {
        close(m_input);
    } else if (message.kind == SessionKind::Resize && m_hasTerminal && m_input) {
        setSize(m_input, message.command);
    }
}

void GuestSession::open(const SessionMessage& request)
{
    abandon();
    m_session = request.session;
    m_command = request.command;
    m_programLeft = request.command.programBytes;
    if (m_programLeft == 0)
        run();
    else if (auto begun = beginProgram(); !begun)
        failWith(begun.error());
}

Result<> GuestSession::beginProgram()
{
    m_programFile.reset(::memfd_create("program", MFD_CLOEXEC));
    if (!m_programFile)
        return Error::fromErrno(errno, "make room for the program");
    return {};
}

void GuestSession::takeProgram(const std::string& bytes)
{
    if (bytes.size() > m_programLeft)
        return failWith({ ErrorCode::Corrupt, "more came than the program has", 0, {} });
    if (auto written = writeAll(m_programFile, bytes); !written)
        return failWith(written.error());
    m_programLeft -= bytes.size();
    if (m_programLeft == 0)
        run();
}

void GuestSession::run()
{
    auto started = start(m_command);
    m_programFile.reset(); // the command has it
    if (started)
        send(SessionKind::Started);
    else
        failWith(started.error());
}

void GuestSession::failWith(const Error& error)
{
    SessionMessage failed;
    failed.session = m_session;
    failed.kind = SessionKind::Failed;
    failed.error = error.message;
    abandon();
    m_port.send(encodeSessionMessage(failed));
}

Result<> GuestSession::start(const GuestCommand& command)
{
    CommandEnds ends;
    m_hasTerminal = command.hasTerminal;
    auto streams = m_hasTerminal ? makeTerminal(command, ends) : makePipes(ends);
    if (!streams)
        return std::move(streams).error();
    streams->program = m_programFile.fd();
    auto program = startProgram(setupFor(m_setup, command), *streams);
    if (!program)
        return std::move(program).error();
    m_program = *program;
    return watchStreams();
}

Result<ProgramStreams> GuestSession::makeTerminal(const GuestCommand& command, CommandEnds& ends)
{
    m_input.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    if (!m_input || ::unlockpt(m_input.fd()) != 0)
        return Error::fromErrno(errno, "make a terminal");
    ends.input.reset(::ioctl(m_input.fd(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    m_output.fd.reset(::fcntl(m_input.fd(), F_DUPFD_CLOEXEC, 3));
    if (!ends.input || !m_output.fd)
        return Error::fromErrno(errno, "open the terminal");
    setSize(m_input, command);
    return ProgramStreams{ ends.input.fd(), ends.input.fd(), ends.input.fd(), true };
}

Result<ProgramStreams> GuestSession::makePipes(CommandEnds& ends)
{
    auto made = makePipe(ends.input, m_input, m_input);
    if (made)
        made = makePipe(m_output.fd, ends.output, m_output.fd);
    if (made)
        made = makePipe(m_errorOutput.fd, ends.errorOutput, m_errorOutput.fd);
    if (!made)
        return std::move(made).error();
    return ProgramStreams{ ends.input.fd(), ends.output.fd(), ends.errorOutput.fd(), false };
}

Result<> GuestSession::watchStreams()
{
    for (Output* output : { &m_output, &m_errorOutput }) {
        if (!output->fd)
            continue;
        if (auto watched = m_loop.watch(output->fd, EPOLLIN, [this, output] { readOutput(*output); }); !watched)
            return watched;
    }
    return m_loop.watch(m_input, kQuiet, [this] { onInputReady(); });
}

void GuestSession::onInputReady()
{
    if (m_waitingInput.empty()) // so it is the end: nobody reads any more
        close(m_input);
    takeInput();
    onPort(); // the lines behind it have waited
}

void GuestSession::takeInput()
{
    std::size_t taken = 0;
    while (m_input && taken < m_waitingInput.size()) {
        const ssize_t count = ::write(m_input.fd(), m_waitingInput.data() + taken, m_waitingInput.size() - taken);
        if (count > 0)
            taken += static_cast<std::size_t>(count);
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR)
            close(m_input);
    }
    m_waitingInput.erase(0, m_input ? taken : std::string::npos);
    if (m_input)
        m_loop.change(m_input, m_waitingInput.empty() ? kQuiet : std::uint32_t{ EPOLLOUT });
}

void GuestSession::readOutput(Output& output)
{
    if (m_port.hasOutput())
        return; // it has been told already that it is the end
    std::array<char, kSessionBytesLimit> buffer{};
    const ssize_t count = ::read(output.fd.fd(), buffer.data(), buffer.size());
    if (count > 0) {
        send(output.kind, std::string(buffer.data(), static_cast<std::size_t>(count)));
        pauseOutput(m_port.hasOutput());
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) { // of a terminal EIO: nobody has it open
        close(output.fd);
        finishWhenDrained();
    }
}

void GuestSession::onExit(pid_t pid, int exitStatus)
{
    if (pid != m_program)
        return;
    m_program = -1;
    m_exitStatus = exitStatus;
    for (Output* output : { &m_output, &m_errorOutput })
        (void)::ioctl(output->fd.fd(), FIONREAD, &output->left); // of none nothing is left
    finishWhenDrained();
}

/// After the end of the command what it wrote is sent, but not what others go on writing who have its streams still.
void GuestSession::finishWhenDrained()
{
    if (!m_exitStatus)
        return;
    for (Output* output : { &m_output, &m_errorOutput }) {
        while (output->fd && !m_port.hasOutput())
            drain(*output);
    }
    if (m_output.fd || m_errorOutput.fd)
        return; // goes on when the host has taken what waits
    SessionMessage ended;
    ended.session = m_session;
    ended.kind = SessionKind::Ended;
    ended.exitStatus = *m_exitStatus;
    abandon();
    m_port.send(encodeSessionMessage(ended));
}

void GuestSession::drain(Output& output)
{
    if (m_hasTerminal) { // what was written may be on its way yet, and the hang-up behind it
        pollfd coming{ output.fd.fd(), POLLIN, 0 };
        (void)::poll(&coming, 1, kHangUpMilliseconds); // read either way
    }
    std::array<char, kSessionBytesLimit> buffer{};
    const std::size_t most = m_hasTerminal ? buffer.size() : std::min(buffer.size(), std::size_t(output.left));
    const ssize_t count = ::read(output.fd.fd(), buffer.data(), most);
    if (count > 0) {
        output.left -= static_cast<int>(count);
        send(output.kind, std::string(buffer.data(), static_cast<std::size_t>(count)));
    } else if (count == 0 || errno != EINTR) {
        close(output.fd);
    }
}

void GuestSession::pauseOutput(bool isPaused) const
{
    for (const Output* output : { &m_output, &m_errorOutput }) {
        if (output->fd)
            m_loop.change(output->fd, isPaused ? kQuiet : std::uint32_t{ EPOLLIN });
    }
}

void GuestSession::close(UniqueFd& fd)
{
    m_loop.forget(fd);
    fd.reset();
}

/// What runs is ended and told to nobody.
void GuestSession::abandon()
{
    if (m_program > 0)
        ::kill(-m_program, SIGKILL); // it leads a session of its own
    m_program = -1;
    m_session = 0;
    m_exitStatus.reset();
    m_waitingInput.clear();
    m_programLeft = 0;
    m_programFile.reset();
    close(m_input);
    close(m_output.fd);
    close(m_errorOutput.fd);
}

void GuestSession::send(SessionKind kind, std::string bytes)
{
    SessionMessage message;
    message.session = m_session;
    message.kind = kind;
    message.bytes = std::move(bytes);
    m_port.send(encodeSessionMessage(message));
}

} // namespace twinhull
