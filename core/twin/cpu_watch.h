// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"

#include <memory>

namespace twinhull {

/// Reads what a workload costs while it works. Where something else keeps the time of processes that are gone, that is
/// one reading at the end. Where nothing does, it reads again and again on a thread of its own: a process that ends
/// unwaited for (SIGCHLD ignored, as busybox httpd does with its CGI children) takes its CPU time with it; one that was
/// seen alive until a few milliseconds before is counted almost wholly. That takes a part of a core from the work that
/// is measured.
class CpuWatch {
public:
    enum class Pace { Once, AgainAndAgain };

    /// Once where a cgroup counts, and for a VM: the time of QEMU's threads stays with its process, and it starts no
    /// others. Reads one file.
    static Pace paceFor(WorkloadKind kind, const HostFootprint& footprint);

    CpuWatch(const HostFootprint& footprint, Pace pace);
    ~CpuWatch(); ///< stops the thread and waits for it (one reading at most)

    /// Stops and gives the last reading. cpuNanoseconds is since the start of the workload's processes. Once; any
    /// thread.
    Sample finish();

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace twinhull
