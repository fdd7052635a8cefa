// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/log_readers.h"

#include "core/base/files.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <cerrno>
#include <csignal>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::size_t kLocksLimitBytes = 4U << 20U;
constexpr suseconds_t kLookMicroseconds = 500'000;

bool isStopped(const std::string& pid)
{
    const auto text = readFile("/proc/" + pid + "/stat", 4096);
    const auto name = text ? text->rfind(')') : std::string::npos; // it may hold anything
    return !text || (name != std::string::npos && text->compare(name, 3, ") T") == 0);
}

/// By /proc/locks: "1: FLOCK  ADVISORY  READ 4711 08:02:1234 0 EOF" (proc(5)); a line with "->" waits. Holders that
/// cannot be seen from here count as stopped.
bool areHoldersStopped(ino_t inode)
{
    const auto text = readFile("/proc/locks", kLocksLimitBytes);
    std::istringstream lines(text ? *text : std::string());
    const std::string end = ":" + std::to_string(inode);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string number;
        std::string type;
        std::string nature;
        std::string mode;
        std::string pid;
        std::string file;
        words >> number >> type >> nature >> mode >> pid >> file;
        if (type == "FLOCK" && file.ends_with(end) && !isStopped(pid))
            return false;
    }
    return true;
}

/// flock(2) comes back with EINTR at each tick.
void tickWhileWaiting()
{
    struct sigaction action { };
    action.sa_handler = [](int) {}; // without SA_RESTART
    (void)::sigaction(SIGALRM, &action, nullptr);
    sigset_t alarm{};
    (void)::sigemptyset(&alarm);
    (void)::sigaddset(&alarm, SIGALRM);
    (void)::sigprocmask(SIG_UNBLOCK, &alarm, nullptr);
    const itimerval ticks{ { 0, kLookMicroseconds }, { 0, kLookMicroseconds } };
    (void)::setitimer(ITIMER_REAL, &ticks, nullptr);
}

void stopTicking()
{
    const itimerval none{};
    (void)::setitimer(ITIMER_REAL, &none, nullptr);
}

} // namespace

bool awaitReaders(const std::string& folder, std::chrono::seconds patience)
{
    const auto opened = openPath(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    struct stat info { };
    if (!opened || ::fstat(opened->fd(), &info) != 0)
        return true;
    if (::flock(opened->fd(), LOCK_EX | LOCK_NB) == 0)
        return true;
    tickWhileWaiting();
    auto lastAwake = std::chrono::steady_clock::now();
    bool isHeld = true;
    while (isHeld && std::chrono::steady_clock::now() - lastAwake < patience) {
        isHeld = ::flock(opened->fd(), LOCK_EX) != 0;
        if (isHeld && errno != EINTR)
            break; // where locks do not work nobody has one
        if (isHeld && !areHoldersStopped(info.st_ino))
            lastAwake = std::chrono::steady_clock::now();
    }
    stopTicking();
    return !isHeld;
}

} // namespace twinhull
