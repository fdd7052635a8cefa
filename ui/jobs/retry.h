// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"

#include <functional>
#include <memory>

namespace twinhull {

using JobFactory = std::function<std::unique_ptr<Job>()>;

/// Submits a job that can be made again: the list of jobs offers Retry when it failed. The factory must hold values
/// and references to things that outlive every job.
Job* submitWithRetry(JobQueue& queue, JobFactory make);

/// Whether the job failed or was cancelled and can be made again.
bool canRetry(const Job& job);

/// Makes it again and submits it; null when it cannot be.
Job* retry(JobQueue& queue, const Job& job);

} // namespace twinhull
