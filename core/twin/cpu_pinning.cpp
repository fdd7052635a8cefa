// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/cpu_pinning.h"

#include "core/base/files.h"
#include "core/base/number_list.h"
#include "core/base/text.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <bitset>
#include <filesystem>

namespace twinhull {

namespace {

/// What a thread may use; none when it is gone.
std::vector<unsigned> cpusOf(pid_t thread)
{
    std::bitset<kNumberListEnd> mask;
    std::vector<unsigned> cpus;
    if (::syscall(SYS_sched_getaffinity, thread, sizeof mask, &mask) <= 0)
        return cpus;
    for (unsigned cpu = 0; cpu < kNumberListEnd; ++cpu) {
        if (mask.test(cpu))
            cpus.push_back(cpu);
    }
    return cpus;
}

Error refuse(const std::string& what)
{
    return Error{ ErrorCode::InvalidArgument, what, 0,
        "Name processors of " + formatNumberList(cpusOf(0)) + ", or let them be chosen: --pin" };
}

bool isWithin(const std::vector<unsigned>& some, const std::vector<unsigned>& all)
{
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

Result<> checkProcess(pid_t process, const std::vector<unsigned>& cpus)
{
    const std::string folder = "/proc/" + std::to_string(process);
    std::error_code ignored; // a process that is gone has no threads
    for (auto at = std::filesystem::directory_iterator(folder + "/task", ignored);
         at != std::filesystem::directory_iterator(); at.increment(ignored)) {
        const auto thread = parseNumber(at->path().filename().string());
        const auto used = thread ? cpusOf(static_cast<pid_t>(*thread)) : std::vector<unsigned>();
        if (isWithin(used, cpus))
            continue;
        const auto name = readFile(folder + "/comm");
        return Error{ ErrorCode::Unavailable,
            "it is not pinned as asked: " + (name ? std::string(trimmed(*name)) : "process " + std::to_string(process))
                + " may use the processors " + formatNumberList(used),
            0, "Run it without pinning, or find out who moves it." };
    }
    return {};
}

} // namespace

Result<std::vector<unsigned>> pinnedCpusFrom(const QString& text)
{
    if (text == u"auto")
        return suggestedCpus();
    const auto cpus = parseNumberList(text.trimmed().toStdString());
    if (!cpus || cpus->empty())
        return refuse("pin to \"" + text.toStdString() + "\": no list of processors");
    if (!isWithin(*cpus, cpusOf(0)))
        return refuse("pin to " + text.toStdString() + ": not all of these processors can be used here");
    return *cpus;
}

std::vector<unsigned> suggestedCpus()
{
    auto cpus = cpusOf(0);
    cpus.erase(cpus.begin(), cpus.begin() + static_cast<std::ptrdiff_t>(cpus.size() / 2));
    return cpus;
}

Result<> checkPinned(const HostFootprint& footprint, const std::vector<unsigned>& cpus)
{
    for (const auto* processes : { &footprint.rootPids, &footprint.helperPids }) {
        for (const pid_t process : *processes) {
            if (auto pinned = checkProcess(process, cpus); !pinned)
                return pinned;
        }
    }
    return {};
}

} // namespace twinhull
