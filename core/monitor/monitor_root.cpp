// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/monitor.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

namespace twinhull {

namespace {

constexpr std::chrono::seconds kEndAfterKillGrace{ 10 };

} // namespace

/// hull started it, and it became our child when hull ended. It ends with the container's mounts.
void Monitor::takeRootServer(const oci::ContainerRecord& record)
{
    if (record.rootServerPid == 0)
        return;
    auto server = ContainerProcess::open(record.rootServerPid, record.rootServerStartTicks);
    if (!server)
        return; // the container's files are gone with it, and it is about to find out
    m_rootServer.emplace(*std::move(server));
    auto& helpers = m_status.helperPids;
    if (std::find(helpers.begin(), helpers.end(), record.rootServerPid) == helpers.end())
        helpers.push_back(record.rootServerPid);
}

/// Without its files the container does nothing that makes sense, however it lost them. At its own end this may be
/// heard of first.
void Monitor::onRootServerEnd()
{
    m_loop->unwatch(m_rootServer->pidfd());
    const ExitRecord exit = m_rootServer->reap();
    std::erase(m_status.helperPids, m_rootServer->pid());
    m_rootServer.reset(); // endHelper() would name it again
    if (exit.exitStatus.value_or(0) != 0 && m_endReason.empty())
        m_endReason = "fuse-overlayfs, which showed it its files, ended with exit status "
            + std::to_string(*exit.exitStatus) + ".";
    (void)m_process->signal(SIGKILL); // it may have ended by itself just now
}

/// One that waits for an answer of fuse-overlayfs does not end by this before it has got it.
Result<> Monitor::killProcess()
{
    auto sent = m_process->signal(SIGKILL);
    if (!sent || !m_rootServer || std::exchange(m_isKilled, true))
        return sent;
    return m_killTime->set(kEndAfterKillGrace);
}

void Monitor::onKillTime()
{
    m_killTime->clear();
    if (!std::exchange(m_isKilled, false))
        (void)stop(SIGKILL, std::chrono::milliseconds(0)); // it may have ended by itself just now
    else if (m_rootServer)
        (void)m_rootServer->signal(SIGKILL); // it hangs, and so what waits for it; as above
}

/// hull has waited for its end.
void Monitor::letGoOfRootServer()
{
    if (!m_rootServer)
        return;
    m_loop->unwatch(m_rootServer->pidfd());
    (void)m_rootServer->reap(); // how it ended is of no matter any more
    m_rootServer.reset();
}

} // namespace twinhull
