// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/workload_info.h"

#include <cstdint>
#include <string>
#include <vector>

namespace twinhull {

/// One process of a container, as proc(5) tells it. Texts are a stranger's.
struct InsideProcess {
    pid_t pid = 0; ///< as this computer sees it
    pid_t insidePid = 0; ///< as its own pid namespace does
    pid_t parent = 0; ///< as this computer sees it
    std::uint32_t insideUser = 0; ///< of its own user namespace
    std::uint64_t cpuNanoseconds = 0; ///< to the clock tick
    std::uint64_t residentBytes = 0; ///< RssAnon, RssFile and RssShmem
    double ageSeconds = 0;
    char state = '?'; ///< R, S, D, Z, T …
    std::string command; ///< its arguments with blanks between, at most 4 KiB; a kernel's or a zombie's name in []
};

/// All that run in its cgroup, else its root processes and all their descendants; by pid. Reads some files a process:
/// for worker threads, or where one may wait.
std::vector<InsideProcess> insideProcesses(const HostFootprint& footprint);

/// To that process, if it is still the one that was listed; else NotFound.
Result<> signalProcess(const HostFootprint& footprint, const InsideProcess& process, int signalNumber);

} // namespace twinhull
