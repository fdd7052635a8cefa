// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/restored_process.h"

#include "core/base/files.h"
#include "core/runtime/checkpoint/restore_root.h"
#include "core/runtime/namespaces/loopback.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/state/container.h"

#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace twinhull::runtime {

RestoredProcess::RestoredProcess(
    Syscalls& calls, const oci::RuntimeSpec& spec, MadeContainer& made, std::uint32_t emptyNamespaces)
    : m_calls(calls), m_spec(spec), m_made(made), m_emptyNamespaces(emptyNamespaces)
{
}

Result<> RestoredProcess::meet(const CriuResponse& moment, const UniqueFd& attached)
{
    pollfd wait{ m_interruption.fd(), POLLIN, 0 };
    if (::poll(&wait, 1, 0) > 0)
        return Error{ ErrorCode::Cancelled, "it was given up, because hull was asked to end", 0, {} };
    if (moment.moment == "orphan-pts-master")
        return takeTerminal(attached);
    if (moment.moment != "setup-namespaces" && moment.moment != "post-restore")
        return {};
    if (auto adopted = adopt(moment.pid); !adopted)
        return adopted;
    if (moment.moment == "setup-namespaces")
        return setUpNamespaces();
    return m_spec.root.readonly ? sealRestoredRoot(m_calls, m_made.process.pidfd) : Result<>();
}

Result<> RestoredProcess::adopt(pid_t pid)
{
    auto& record = m_made.record;
    if (record.pid == pid)
        return {};
    m_made.process.pid = pid;
    m_made.process.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!m_made.process.pidfd)
        return Error::fromErrno(errno, "watch the restored process");
    record.pid = pid;
    record.pidStartTicks = startTicksOf(pid);
    return m_made.folder.writeRecord(record);
}

Result<> RestoredProcess::takeTerminal(const UniqueFd& master)
{
    m_made.process.console.reset(::fcntl(master.fd(), F_DUPFD_CLOEXEC, 0));
    return m_made.process.console ? Result<>() : Error::fromErrno(errno, "take the terminal");
}

Result<> RestoredProcess::setUpNamespaces()
{
    if ((m_emptyNamespaces & CLONE_NEWNET) != 0) {
        auto own = openPath("/proc/self/ns/net", O_RDONLY);
        auto theirs = openPath("/proc/" + std::to_string(m_made.process.pid) + "/ns/net", O_RDONLY);
        if (!own || !theirs)
            return !own ? std::move(own).error() : std::move(theirs).error();
        auto joined = m_calls.joinNamespaces(theirs->fd(), CLONE_NEWNET);
        auto up = joined ? bringLoopbackUp() : std::move(joined);
        auto back = m_calls.joinNamespaces(own->fd(), CLONE_NEWNET);
        if (!up || !back)
            return !up ? up : back;
    }
    return runRuntimeHooks(m_spec.hooks, m_made.record);
}

Result<> RestoredProcess::complete() const
{
    if (!m_made.process.pidfd)
        return Error{ ErrorCode::Unavailable, "criu says that it is done and has told no process", 0, {} };
    if (m_spec.process->terminal && !m_made.process.console)
        return Error{ ErrorCode::Unavailable, "the checkpoint brought no terminal, and config.json asks for one", 0,
            "Restore it with the config.json that it was made from" };
    return {};
}

} // namespace twinhull::runtime
