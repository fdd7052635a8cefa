// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/cgroups/cgroup_figures.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <algorithm>
#include <string_view>

namespace twinhull::runtime {

namespace {

using Figure = std::optional<std::uint64_t>;

constexpr std::size_t kFileLimitBytes = 64U << 10U;

std::string textOf(const std::string& path)
{
    auto text = readFile(path, kFileLimitBytes);
    return text ? *std::move(text) : std::string();
}

Figure numberOf(std::string_view text)
{
    auto number = parseNumber(trimmed(text)); // "max" is no number: no limit
    return number ? Figure(*number) : std::nullopt;
}

/// The line "KEY NUMBER".
Figure valueIn(std::string_view text, std::string_view key)
{
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        if (line.size() > key.size() && line.substr(0, key.size()) == key && line[key.size()] == ' ')
            return numberOf(line.substr(key.size() + 1));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::nullopt;
}

Figure nanosecondsIn(std::string_view text, std::string_view key)
{
    const auto microseconds = valueIn(text, key);
    return microseconds ? Figure(*microseconds * 1000) : std::nullopt;
}

} // namespace

oci::ContainerFigures figuresOf(const std::string& folder)
{
    oci::ContainerFigures figures;
    const std::string cpu = textOf(folder + "/cpu.stat");
    figures.cpuNanoseconds = nanosecondsIn(cpu, "usage_usec");
    figures.cpuUserNanoseconds = nanosecondsIn(cpu, "user_usec");
    figures.cpuKernelNanoseconds = nanosecondsIn(cpu, "system_usec");
    figures.periods = valueIn(cpu, "nr_periods");
    figures.throttledPeriods = valueIn(cpu, "nr_throttled");
    figures.throttledNanoseconds = nanosecondsIn(cpu, "throttled_usec");
    figures.memoryBytes = numberOf(textOf(folder + "/memory.current"));
    figures.memoryLimitBytes = numberOf(textOf(folder + "/memory.max"));
    figures.memoryPeakBytes = numberOf(textOf(folder + "/memory.peak"));
    figures.swapBytes = numberOf(textOf(folder + "/memory.swap.current"));
    figures.cacheBytes = valueIn(textOf(folder + "/memory.stat"), "file");
    figures.pids = numberOf(textOf(folder + "/pids.current"));
    figures.pidsLimit = numberOf(textOf(folder + "/pids.max"));
    return figures;
}

std::optional<std::uint64_t> oomKillsOf(const std::string& folder)
{
    return valueIn(textOf(folder + "/memory.events"), "oom_kill");
}

} // namespace twinhull::runtime
