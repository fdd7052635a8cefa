// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/container_process.h"

#include "core/base/clock.h"
#include "core/base/files.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <optional>
#include <string>

namespace twinhull {

namespace {

constexpr int kFieldsBetweenNameAndStart = 20; // fields 3 to 22 of /proc/PID/stat; proc(5)

std::string procPath(pid_t pid, const char* name)
{
    return "/proc/" + std::to_string(pid) + "/" + name;
}

std::optional<std::uint64_t> startTicksOf(pid_t pid)
{
    const auto text = readFile(procPath(pid, "stat"), 4096);
    auto at = text ? text->rfind(')') : std::string::npos; // the name before it may hold anything
    for (int i = 0; i < kFieldsBetweenNameAndStart && at != std::string::npos; ++i)
        at = text->find(' ', at + 1);
    if (at == std::string::npos)
        return std::nullopt;
    std::uint64_t ticks = 0;
    const auto parsed = std::from_chars(text->data() + at + 1, text->data() + text->size(), ticks);
    return parsed.ec == std::errc() ? std::optional(ticks) : std::nullopt;
}

} // namespace

Result<ContainerProcess> ContainerProcess::open(pid_t pid, std::uint64_t startTicks)
{
    UniqueFd pidfd(pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)) : -1);
    if (!pidfd)
        return Error::fromErrno(pid > 0 ? errno : ESRCH, "the container's process");
    if (startTicksOf(pid) != startTicks) // asked after the pidfd: from here on it cannot become another
        return Error::fromErrno(ESRCH, "the container's process");
    return ContainerProcess(pid, std::move(pidfd));
}

Result<> ContainerProcess::signal(int number) const
{
    if (::syscall(SYS_pidfd_send_signal, m_pidfd.fd(), number, nullptr, 0) != 0)
        return Error::fromErrno(errno, "send signal " + std::to_string(number));
    return {};
}

bool ContainerProcess::handles(int signalNumber) const
{
    const auto text = readFile(procPath(m_pid, "status"), 64U << 10U);
    const auto at = text ? text->find("\nSigCgt:") : std::string::npos;
    const auto start
        = at == std::string::npos ? at : text->find_first_of("0123456789abcdef", at + sizeof "\nSigCgt:" - 1);
    std::uint64_t caught = 0;
    if (start == std::string::npos
        || std::from_chars(text->data() + start, text->data() + text->size(), caught, 16).ec != std::errc())
        return true; // unknown: ask it politely
    return (caught >> static_cast<unsigned>(signalNumber - 1) & 1U) != 0;
}

ExitRecord ContainerProcess::reap() const
{
    ExitRecord record;
    record.wallMilliseconds = wallClockMilliseconds();
    siginfo_t info{};
    constexpr auto kPidfdType = static_cast<idtype_t>(3); // P_PIDFD; glibc 2.36 has it, musl not
    if (::waitid(kPidfdType, static_cast<id_t>(m_pidfd.fd()), &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0) {
        record.reason = "It ended after its monitor had been killed: nobody could see its exit status.";
        return record;
    }
    record.exitStatus = info.si_code == CLD_EXITED ? info.si_status : std::min(128 + info.si_status, 255);
    record.signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
    return record;
}

} // namespace twinhull
