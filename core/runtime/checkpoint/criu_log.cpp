// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/checkpoint/criu_log.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kLogLimitBytes = 64U << 20U; // criu writes a line for each mapping of memory
constexpr std::size_t kErrorLimit = 300; // one line for a terminal

struct KnownError {
    std::string_view part; ///< of criu's line
    std::string_view nextStep;
};

constexpr std::array<KnownError, 9> kKnownErrors{ {
    { "vDSO", "This criu is too old for this kernel: install a newer one" },
    { "Connected TCP socket", "The container has open connections: use --tcp-established, or --tcp-close" },
    { "External socket is used", "A UNIX socket leads outside: use --ext-unix-sk" },
    { "file locks", "The container holds file locks: use --file-locks" },
    { "Locks are not supported", "The container holds file locks: use --file-locks" },
    { "session leader", "It belongs to a terminal's session outside: use --shell-job" },
    { "--shell-job", "It belongs to a terminal's session outside: use --shell-job" },
    { "has bad size", "The container's output was a file: append to the same one again (>> FILE)" },
    { "link-remap", "A file that is open was deleted: use --link-remap" },
} };

/// criu tries programs that it can do without (iptables-save, ip6tables-save), and tells of each as an error.
bool isOfNoConsequence(std::string_view line)
{
    for (const std::string_view part : { "exited, status=", "execvp(", "-save -V failed" }) {
        if (line.find(part) != std::string_view::npos)
            return true;
    }
    return false;
}

} // namespace

std::string firstErrorOf(std::string_view log)
{
    constexpr std::string_view kMark = "Error ("; // behind the time, and a pid where a restored process speaks
    while (!log.empty()) {
        const auto end = std::min(log.find('\n'), log.size());
        const std::string_view line = log.substr(0, end);
        log.remove_prefix(std::min(end + 1, log.size()));
        const auto mark = line.find(kMark);
        const bool isStamped = !line.empty() && line[0] == '(' && mark != std::string_view::npos;
        if (!isStamped || isOfNoConsequence(line))
            continue;
        const auto place = line.find("): ", mark + kMark.size());
        const auto text = place == std::string_view::npos ? line.substr(mark) : line.substr(place + 3);
        return std::string(trimmed(text.substr(0, kErrorLimit)));
    }
    return {};
}

std::string firstErrorIn(const std::string& path)
{
    auto log = readFile(path, kLogLimitBytes);
    return log ? firstErrorOf(*log) : std::string();
}

std::string hintFor(std::string_view error, const std::string& logPath)
{
    const std::string log = "All that criu said stands in " + logPath;
    for (const auto& known : kKnownErrors) {
        if (error.find(known.part) != std::string_view::npos)
            return std::string(known.nextStep) + ". " + log;
    }
    return log;
}

} // namespace twinhull::runtime
