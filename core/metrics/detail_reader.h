// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/metrics/process_reader.h"
#include "core/workload/workload_id.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace twinhull {

/// Proportional set size of all these processes (smaps_rollup): pages that several processes share are split among
/// them. Processes that ended meanwhile are left out; one that may not be asked makes it an error.
/// Costs about 10 ms for a GiB in 4 KiB pages, and waits while a process changes its address space.
Result<std::uint64_t> readPss(const ProcTree& proc, std::span<const pid_t> pids);

/// Reads PSS of many workloads on a thread of its own, one after the other, never all at once: each at most every
/// `interval`, and so slowly that it costs at most half a percent of a core. All functions are for one thread.
class PssReader {
public:
    explicit PssReader(ProcTree proc, std::chrono::milliseconds interval = std::chrono::seconds(10));
    ~PssReader(); ///< a reading that hangs in the kernel is left behind, not waited for
    PssReader(const PssReader&) = delete;
    PssReader& operator=(const PssReader&) = delete;

    /// Whose PSS is wanted from now on. One that is new is read soon.
    void want(const WorkloadId& id, std::vector<pid_t> pids);
    void forget(const WorkloadId& id);

    /// The latest reading; nothing before the first one.
    std::optional<Result<std::uint64_t>> latest(const WorkloadId& id) const;

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
};

} // namespace twinhull
