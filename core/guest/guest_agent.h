// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/guest/cache_return.h"
#include "core/guest/event_loop.h"
#include "core/guest/guest_boot.h"
#include "core/guest/guest_port.h"
#include "core/guest/guest_session.h"

#include <array>
#include <memory>
#include <optional>

namespace twinhull {

/// What PID 1 does after the boot: reaps, answers the host, runs commands for it, and ends when the entrypoint has
/// ended.
class GuestAgent {
public:
    explicit GuestAgent(GuestBoot& boot);

    /// Returns the entrypoint's exit status when it is time to power off.
    Result<int> run();

private:
    Result<> watch();
    Result<> watchOutput();
    Result<> watchPorts();
    Result<> watchRest();
    void openPortsThatAreThere();
    void openAgentPort(const std::string& device);
    void openSessionPort(std::size_t number, const std::string& device);
    void onSignal();
    void onTimer();
    void onRestTimer();
    void onPort();
    void answer(const GuestRequest& request);
    void shutDown();
    void setTimer(int seconds) const;
    GuestReply report(std::uint64_t id) const;

    GuestBoot& m_boot;
    std::optional<EventLoop> m_loop;
    UniqueFd m_signals;
    UniqueFd m_timer;
    UniqueFd m_restTimer;
    std::optional<RestWatch> m_rest; ///< absent: the cache is kept
    std::optional<Uevents> m_uevents;
    std::optional<GuestPort> m_port;
    std::array<std::unique_ptr<GuestSession>, kGuestSessionPorts> m_sessions;
    std::optional<int> m_exitStatus;
    bool m_hasReported = false;
    bool m_isOver = false;
};

} // namespace twinhull
