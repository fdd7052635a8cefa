// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/guest/event_loop.h"
#include "core/guest/guest_port.h"
#include "core/guest/guest_program.h"
#include "core/ipc/guest_sessions.h"
#include "core/ipc/guest_setup.h"

#include <optional>
#include <string>

#include <sys/types.h>

namespace twinhull {

/// The guest's end of one session port: starts the command that the host asks for and carries its streams. Its output
/// is not read while the host does not take what was sent, nor the host's input while the command does not take it.
class GuestSession {
public:
    /// `setup` is the entrypoint's; all outlive the session.
    GuestSession(EventLoop& loop, const GuestSetup& setup, GuestPort port);
    ~GuestSession();
    GuestSession(const GuestSession&) = delete;
    GuestSession& operator=(const GuestSession&) = delete;

    Result<> begin(); ///< watches the port
    void onExit(pid_t pid, int exitStatus); ///< of any process that was reaped

private:
    /// The command's ends of its streams; closed here once it has them.
    struct CommandEnds {
        UniqueFd input;
        UniqueFd output;
        UniqueFd errorOutput;
    };
    struct Output {
        UniqueFd fd;
        SessionKind kind = SessionKind::Output;
        int left = 0; ///< of a pipe after the command's end: bytes that it wrote and that are not sent yet
    };

    void onPort();
    void handle(SessionMessage message);
    void open(const SessionMessage& request);
    Result<> beginProgram();
    void takeProgram(const std::string& bytes);
    void run();
    void failWith(const Error& error);
    Result<> start(const GuestCommand& command);
    Result<ProgramStreams> makeTerminal(const GuestCommand& command, CommandEnds& ends);
    Result<ProgramStreams> makePipes(CommandEnds& ends);
    Result<> watchStreams();
    void onInputReady();
    void takeInput();
    void readOutput(Output& output);
    void drain(Output& output);
    void finishWhenDrained();
    void pauseOutput(bool isPaused) const;
    void close(UniqueFd& fd);
    void abandon();
    void send(SessionKind kind, std::string bytes = {});

    EventLoop& m_loop;
    const GuestSetup& m_setup;
    GuestPort m_port;
    std::uint64_t m_session = 0; ///< of nobody: 0
    pid_t m_program = -1;
    std::optional<int> m_exitStatus;
    GuestCommand m_command; ///< whose program has not come whole
    UniqueFd m_programFile; ///< in memory, until the command has been started
    std::uint64_t m_programLeft = 0; ///< bytes of it that are still to come
    bool m_hasTerminal = false;
    UniqueFd m_input; ///< the terminal too
    std::string m_waitingInput;
    Output m_output;
    Output m_errorOutput{ UniqueFd(), SessionKind::ErrorOutput };
};

} // namespace twinhull
