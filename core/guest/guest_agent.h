// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/guest/agent_port.h"
#include "core/guest/guest_boot.h"

#include <optional>
#include <vector>

namespace twinhull {

/// What PID 1 does after the boot: reaps, answers the host, and ends when the entrypoint has ended.
class GuestAgent {
public:
    explicit GuestAgent(GuestBoot& boot);

    /// Returns the entrypoint's exit status when it is time to power off.
    Result<int> run();

private:
    Result<> watch();
    Result<> watchPort();
    void handle(int fd);
    void openPortWhenThere();
    void onSignal();
    void onTimer();
    void onPort();
    void answer(const GuestRequest& request);
    void shutDown();
    void setTimer(int seconds) const;
    GuestReply report(std::uint64_t id) const;

    GuestBoot& m_boot;
    UniqueFd m_epoll;
    UniqueFd m_signals;
    UniqueFd m_timer;
    std::optional<Uevents> m_uevents; ///< until the port is there
    std::optional<AgentPort> m_port;
    std::optional<int> m_exitStatus;
    bool m_hasReported = false;
    bool m_isOver = false;
};

} // namespace twinhull
