// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"

#include <memory>

namespace twinhull {

/// Reads what a workload costs again and again on a thread of its own. A process that ends unwaited for (SIGCHLD
/// ignored, as busybox httpd does with its CGI children) takes its CPU time with it where no cgroup counts; one that
/// was seen alive until a few milliseconds before is counted almost wholly.
class CpuWatch {
public:
    explicit CpuWatch(const HostFootprint& footprint);
    ~CpuWatch(); ///< stops the thread and waits for it (one reading at most)

    /// Stops and gives the last reading. cpuNanoseconds is since the start of the workload's processes. Once; any
    /// thread.
    Sample finish();

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace twinhull
