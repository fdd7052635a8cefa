// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/signal_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <csignal>
#include <string>
#include <utility>

namespace twinhull {

namespace {

constexpr std::array<std::pair<std::string_view, int>, 34> kSignals{ {
    { "HUP", SIGHUP },
    { "INT", SIGINT },
    { "QUIT", SIGQUIT },
    { "ILL", SIGILL },
    { "TRAP", SIGTRAP },
    { "ABRT", SIGABRT },
    { "BUS", SIGBUS },
    { "FPE", SIGFPE },
    { "KILL", SIGKILL },
    { "USR1", SIGUSR1 },
    { "SEGV", SIGSEGV },
    { "USR2", SIGUSR2 },
    { "PIPE", SIGPIPE },
    { "ALRM", SIGALRM },
    { "TERM", SIGTERM },
    { "STKFLT", SIGSTKFLT },
    { "CHLD", SIGCHLD },
    { "CONT", SIGCONT },
    { "STOP", SIGSTOP },
    { "TSTP", SIGTSTP },
    { "TTIN", SIGTTIN },
    { "TTOU", SIGTTOU },
    { "URG", SIGURG },
    { "XCPU", SIGXCPU },
    { "XFSZ", SIGXFSZ },
    { "VTALRM", SIGVTALRM },
    { "PROF", SIGPROF },
    { "WINCH", SIGWINCH },
    { "IO", SIGIO },
    { "IOT", SIGABRT },
    { "CLD", SIGCHLD },
    { "POLL", SIGPOLL },
    { "PWR", SIGPWR },
    { "SYS", SIGSYS },
} };

std::optional<int> numberIn(std::string_view text)
{
    int number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool isWhole = !text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size();
    return isWhole && number >= 0 ? std::optional(number) : std::nullopt;
}

std::optional<int> realTimeSignal(std::string_view name)
{
    const auto start = name.substr(0, 5);
    if (start != "RTMIN" && start != "RTMAX")
        return std::nullopt;
    const bool isFirst = start == "RTMIN";
    const auto rest = name.substr(5);
    if (!rest.empty() && rest.front() != (isFirst ? '+' : '-'))
        return std::nullopt;
    const auto steps = rest.empty() ? std::optional(0) : numberIn(rest.substr(1));
    if (!steps || *steps > SIGRTMAX - SIGRTMIN)
        return std::nullopt;
    return isFirst ? SIGRTMIN + *steps : SIGRTMAX - *steps;
}

} // namespace

std::optional<int> signalNumber(std::string_view name)
{
    if (const auto number = numberIn(name))
        return *number >= 1 && *number < NSIG ? number : std::nullopt;
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
    std::string_view bare = upper;
    if (bare.substr(0, 3) == "SIG")
        bare.remove_prefix(3);
    const auto* known = std::find_if(
        kSignals.begin(), kSignals.end(), [bare](const auto& candidate) { return candidate.first == bare; });
    return known != kSignals.end() ? std::optional(known->second) : realTimeSignal(bare);
}

Result<int> stopSignalOf(const std::string& asked, const std::string& ofImage)
{
    const std::string& name = asked.empty() ? ofImage : asked;
    if (name.empty())
        return SIGTERM;
    if (const auto number = signalNumber(name))
        return *number;
    return asked.empty() ? Error{ ErrorCode::InvalidArgument, "the image's stop signal " + name + ": no such signal", 0,
        "Give one of your own: --stop-signal TERM" }
                         : Error{ ErrorCode::InvalidArgument, "stop signal " + name + ": no such signal", 0,
                               "Write it as SIGTERM or 15." };
}

} // namespace twinhull
