// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <string>

namespace twinhull {

namespace {

constexpr std::array<std::string_view, 4> kNames{ "debug", "info", "warning", "error" };

LogLevel levelFromEnvironment()
{
    const char* wanted = std::getenv("TWINHULL_LOG"); // NOLINT(concurrency-mt-unsafe): once, by a static
    for (std::size_t i = 0; wanted != nullptr && i < kNames.size(); ++i) {
        if (kNames.at(i) == wanted)
            return static_cast<LogLevel>(i);
    }
    return LogLevel::Info;
}

std::atomic<LogLevel>& threshold()
{
    static std::atomic<LogLevel> level = levelFromEnvironment();
    return level;
}

char shown(char c)
{
    if (c == '\n' || c == '\r' || c == '\t')
        return ' ';
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20U || code == 0x7fU ? '?' : c;
}

} // namespace

std::string logLine(LogLevel level, std::string_view text)
{
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    std::string line(program_invocation_short_name);
    line.append(": ").append(kNames.at(static_cast<std::size_t>(level))).append(": ");
    for (const char c : text)
        line.push_back(shown(c));
    return line;
}

void log(LogLevel level, std::string_view text)
{
    if (level < logLevel())
        return;
    const std::string line = logLine(level, text) + "\n";
    (void)!::write(STDERR_FILENO, line.data(), line.size()); // there is nowhere left to complain
}

void log(LogLevel level, const Error& error)
{
    log(level, error.toLine());
}

void setLogLevel(LogLevel level)
{
    threshold() = level;
}

LogLevel logLevel()
{
    return threshold();
}

} // namespace twinhull
