// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/subprocess.h"
#include "core/ipc/health_report.h"
#include "core/ipc/upkeep.h"
#include "core/monitor/event_loop.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// A health check that runs just now.
struct RunningProbe {
    Child hull;
    UniqueFd output;
    HealthProbe result;
    std::size_t readBytes = 0;
    bool isTooLate = false;
};

/// Runs a container's health check by `hull exec`, one at a time, and keeps how it went in health.json. Never waits: a
/// timer and two descriptors in the loop; between two checks nothing wakes up. What the check says is a stranger's: a
/// little is kept, some more is read and dropped, and then its pipe is left full until its time is over.
class HealthWatch {
public:
    struct Setting {
        HealthCheck check;
        std::vector<std::string> exec; ///< hull's words up to "exec"; options, the id and the command follow
        std::string id;
        std::string pidFile; ///< where hull writes what it started
        std::string reportPath;
        std::function<bool()> mayProbe; ///< false while the container is paused
        std::function<void()> changed; ///< health() is another one
        std::function<void(std::string why)> failed; ///< it has just become unhealthy
        std::function<void()> reap; ///< hull was killed: what it had started is our child now, and ends
    };

    /// `loop` must outlive this.
    static Result<std::unique_ptr<HealthWatch>> create(EventLoop& loop, Setting setting);
    ~HealthWatch();
    HealthWatch(const HealthWatch&) = delete;
    HealthWatch& operator=(const HealthWatch&) = delete;

    /// The container has just been started; the first check comes after an interval, at most a second.
    void begin();
    /// Another monitor watched it before: goes on with what it wrote down.
    void goOn();
    Health health() const { return m_report.health; }

private:
    HealthWatch(EventLoop& loop, Setting setting, Deadline timer);
    std::chrono::milliseconds wait() const;
    void onTimer();
    void probe();
    Result<> launch();
    void onOutput();
    void onEnd();
    void killInside();
    void killHull();
    void dropProbe();
    void count(HealthProbe result);

    EventLoop& m_loop;
    Setting m_setting;
    Deadline m_timer;
    HealthReport m_report;
    std::chrono::steady_clock::time_point m_begin;
    std::optional<RunningProbe> m_probe;
    bool m_hasStrays = false; ///< the container cannot end before they are reaped (pid_namespaces(7))
};

} // namespace twinhull
