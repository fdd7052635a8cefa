// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/checkpoint_record.h"
#include "core/jobs/job.h"
#include "core/workload/workload_id.h"

#include <memory>

namespace twinhull {

enum class AfterRestore {
    Remove, ///< what it wrote since then no longer fits the checkpoint
    Keep, ///< so that it can be restored once more
};

/// A provider whose running workloads can be saved with their memory; found by dynamic_cast. GUI thread.
class WorkloadCheckpoint {
public:
    virtual ~WorkloadCheckpoint() = default;

    /// What this computer lacks for it (criu, the rights of root), with the next step. Looks at a few files.
    virtual Result<> canCheckpoint() const = 0;

    /// Replaces an earlier one once it is whole. When it fails or is cancelled the workload goes on as it was.
    virtual std::unique_ptr<Job> checkpoint(const WorkloadId& id, const CheckpointChoice& choice) = 0;
    /// Succeeds when it runs on. When that fails the checkpoint is still there.
    virtual std::unique_ptr<Job> restoreCheckpoint(const WorkloadId& id, AfterRestore after) = 0;
};

} // namespace twinhull
