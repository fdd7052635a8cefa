// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/health_watch.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/monitor/run_record.h"
#include "core/monitor/waiting.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kFirstWait = 1s;
constexpr auto kKillPatience = 5s; // from the command's end to hull's
constexpr std::chrono::milliseconds kStraysWait = 100ms; // to end after SIGKILL
constexpr std::size_t kReadLimitBytes = 1U << 20U;
constexpr std::size_t kPidFileLimitBytes = 32;

/// Field 4 of /proc/PID/stat; 0 when there is no such process.
std::uint64_t parentOf(std::uint64_t pid)
{
    const auto text = readFile("/proc/" + std::to_string(pid) + "/stat", 4096);
    const auto name = text ? text->rfind(')') : std::string::npos; // it may hold anything
    if (name == std::string::npos || name + 4 > text->size())
        return 0;
    const auto rest = std::string_view(*text).substr(name + 4);
    const auto parent = parseNumber(rest.substr(0, rest.find(' ')));
    return parent ? *parent : 0;
}

} // namespace

Result<std::unique_ptr<HealthWatch>> HealthWatch::create(EventLoop& loop, Setting setting)
{
    auto timer = Deadline::create();
    if (!timer)
        return std::move(timer).error();
    std::unique_ptr<HealthWatch> made(new HealthWatch(loop, std::move(setting), *std::move(timer)));
    auto watched = loop.watch(made->m_timer.fd(), EPOLLIN, [raw = made.get()](std::uint32_t) { raw->onTimer(); });
    if (!watched)
        return std::move(watched).error();
    return made;
}

HealthWatch::HealthWatch(EventLoop& loop, Setting setting, Deadline timer)
    : m_loop(loop), m_setting(std::move(setting)), m_timer(std::move(timer)), m_begin(std::chrono::steady_clock::now())
{
}

HealthWatch::~HealthWatch()
{
    if (m_probe) {
        killInside();
        killHull();
        (void)waitForExit(m_probe->hull, kKillPatience); // it was killed: this takes no time
        dropProbe();
        m_setting.reap();
    }
    m_loop.unwatch(m_timer.fd());
}

/// Until the next check.
std::chrono::milliseconds HealthWatch::wait() const
{
    const HealthCheck& check = m_setting.check;
    const bool isStarting = m_report.health == Health::Starting && check.startInterval > 0ms
        && std::chrono::steady_clock::now() - m_begin < check.startPeriod;
    return isStarting ? check.startInterval : check.interval;
}

void HealthWatch::begin()
{
    (void)::unlink(m_setting.reportPath.c_str()); // of the run before; may be missing
    (void)m_timer.set(std::min(wait(), kFirstWait)); // a valid time: cannot fail
}

void HealthWatch::goOn()
{
    const auto text = readFile(m_setting.reportPath, kHealthReportLimitBytes);
    auto report = text ? decodeHealthReport(*text) : Result<HealthReport>(text.error());
    if (report)
        m_report = *std::move(report);
    (void)m_timer.set(std::min(wait(), kFirstWait)); // a valid time: cannot fail
}

void HealthWatch::onTimer()
{
    m_timer.clear();
    if (std::exchange(m_hasStrays, false)) {
        m_setting.reap();
        (void)m_timer.set(wait()); // a valid time: cannot fail
        return;
    }
    if (!m_probe)
        return probe();
    if (std::exchange(m_probe->isTooLate, true))
        killHull(); // it hangs
    else
        killInside();
    (void)m_timer.set(kKillPatience); // a valid time: cannot fail
}

void HealthWatch::probe()
{
    if (!m_setting.mayProbe()) {
        (void)m_timer.set(wait()); // a valid time: cannot fail
        return;
    }
    const auto begin = wallClockMilliseconds();
    if (auto launched = launch(); !launched) {
        m_probe.reset();
        count({ begin, wallClockMilliseconds(), 255, launched.error().toLine() });
        return;
    }
    m_probe->result.beginWallMilliseconds = begin;
    (void)m_timer.set(m_setting.check.timeout); // a valid time: cannot fail
}

Result<> HealthWatch::launch()
{
    auto pipe = makePipe();
    if (!pipe)
        return std::move(pipe).error();
    (void)::unlink(m_setting.pidFile.c_str()); // of the check before
    Command command{ m_setting.exec, {}, {} };
    auto& words = command.arguments;
    words.insert(words.end(), { "--pid-file", m_setting.pidFile, m_setting.id });
    words.insert(words.end(), m_setting.check.command.begin(), m_setting.check.command.end());
    auto child = spawn(command, ChildStdio{ -1, pipe->writeEnd.fd(), pipe->writeEnd.fd() });
    if (!child)
        return std::move(child).error();
    m_probe.emplace();
    m_probe->hull = *std::move(child);
    m_probe->output = std::move(pipe->readEnd);
    auto watched = m_loop.watch(m_probe->output.fd(), EPOLLIN, [this](std::uint32_t) { onOutput(); });
    if (watched)
        watched = m_loop.watch(m_probe->hull.pidfd.fd(), EPOLLIN, [this](std::uint32_t) { onEnd(); });
    return watched;
}

void HealthWatch::onOutput()
{
    char bytes[16U << 10U];
    const ssize_t count = ::read(m_probe->output.fd(), bytes, sizeof bytes);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    auto& kept = m_probe->result.output;
    if (count > 0) {
        kept.append(bytes, std::min(static_cast<std::size_t>(count), kHealthOutputLimitBytes - kept.size()));
        m_probe->readBytes += static_cast<std::size_t>(count);
    }
    if (count <= 0 || m_probe->readBytes > kReadLimitBytes)
        m_loop.unwatch(m_probe->output.fd());
}

void HealthWatch::onEnd()
{
    auto status = waitForExit(m_probe->hull, 0ms);
    onOutput(); // what it said last
    HealthProbe result = std::move(m_probe->result);
    const bool isTooLate = m_probe->isTooLate;
    dropProbe();
    result.endWallMilliseconds = wallClockMilliseconds();
    if (!isTooLate)
        result.exitStatus = status ? *status : 255;
    count(std::move(result));
}

/// The command and all that is in its process group; what left that group is the container's own to keep.
void HealthWatch::killInside()
{
    const auto text = readFile(m_setting.pidFile, kPidFileLimitBytes);
    const auto pid = text ? parseNumber(trimmed(*text)) : Result<std::uint64_t>(text.error());
    // hull waits for it, so it is still the one that was meant as long as it is hull's child
    if (pid && *pid > 1 && parentOf(*pid) == static_cast<std::uint64_t>(m_probe->hull.pid))
        (void)::kill(-static_cast<pid_t>(*pid), SIGKILL); // it leads a session (core/runtime/process/exec_session.cpp)
    else
        killHull();
}

void HealthWatch::killHull()
{
    (void)::kill(m_probe->hull.pid, SIGKILL); // not reaped yet, so the number is its own
    m_hasStrays = true;
}

void HealthWatch::dropProbe()
{
    m_loop.unwatch(m_probe->output.fd());
    m_loop.unwatch(m_probe->hull.pidfd.fd());
    m_probe.reset();
}

void HealthWatch::count(HealthProbe result)
{
    const Health before = m_report.health;
    const bool isWell = result.exitStatus == 0;
    const bool isExcused = !isWell && before == Health::Starting
        && std::chrono::steady_clock::now() - m_begin < m_setting.check.startPeriod;
    if (isWell)
        m_report.failuresInARow = 0;
    else if (!isExcused)
        ++m_report.failuresInARow;
    if (isWell)
        m_report.health = Health::Healthy;
    else if (m_report.failuresInARow >= m_setting.check.retries)
        m_report.health = Health::Unhealthy;
    m_report.latest.push_back(std::move(result));
    if (m_report.latest.size() > kHealthProbesKept)
        m_report.latest.erase(m_report.latest.begin());
    if (auto kept = replaceFile(m_setting.reportPath, encodeHealthReport(m_report)); !kept)
        log(LogLevel::Warning, kept.error());
    (void)m_timer.set(m_hasStrays ? kStraysWait : wait()); // a valid time: cannot fail
    if (m_report.health == before)
        return;
    m_setting.changed();
    if (m_report.health == Health::Unhealthy) // last: it may end this object's container, never this object
        m_setting.failed("Its health check failed " + std::to_string(m_report.failuresInARow) + " times in a row.");
}

} // namespace twinhull
