// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/mapping_program.h"

#include "core/base/files.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kSaidLimitBytes = 65536;

int millisecondsUntil(MappingProgram::Clock::time_point end)
{
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - MappingProgram::Clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
}

std::string lastLine(std::string text)
{
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text.substr(text.find_last_of('\n') + 1);
}

int reap(UniqueFd pidfd)
{
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(pidfd.fd()), &info, WEXITED) != 0 && errno == EINTR) { }
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

} // namespace

Result<MappingProgram> MappingProgram::start(const Command& command)
{
    UniqueFd said(::memfd_create("said", MFD_CLOEXEC));
    if (!said)
        return Error::fromErrno(errno, "memory file");
    auto child = spawn(command, ChildStdio{ -1, -1, said.fd(), -1 });
    if (!child)
        return std::move(child).error();
    return MappingProgram(command.arguments[0], std::move(said), *std::move(child));
}

MappingProgram::~MappingProgram()
{
    if (!m_child.pidfd)
        return;
    (void)::syscall(SYS_pidfd_send_signal, m_child.pidfd.fd(), SIGKILL, nullptr, 0); // it may have ended by itself
    (void)reap(std::move(m_child.pidfd));
}

Result<> MappingProgram::await(Clock::time_point deadline)
{
    pollfd entry{ m_child.pidfd.fd(), POLLIN, 0 };
    int ready = 0;
    do {
        ready = ::poll(&entry, 1, millisecondsUntil(deadline));
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return Error{ ErrorCode::Timeout, m_name + " did not end in time", ETIMEDOUT, {} };
    const int status = reap(std::move(m_child.pidfd));
    return status == 0 ? Result<>() : failure(status);
}

Error MappingProgram::failure(int status) const
{
    (void)::lseek(m_said.fd(), 0, SEEK_SET); // what cannot be read is not told
    auto text = readAll(m_said, kSaidLimitBytes);
    const std::string line = text ? lastLine(*std::move(text)) : std::string();
    return Error{ ErrorCode::Unavailable,
        m_name + ": " + (line.empty() ? "exit status " + std::to_string(status) : line), 0, {} };
}

} // namespace twinhull::runtime
