// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"

namespace twinhull {

QString jobStateText(Job::State state); ///< "running", "done", "failed", "cancelled"
/// What it does now, or how it ended in one sentence.
QString jobStepText(const Job& job);
QString jobDetails(const Job& job); ///< empty unless it failed
double jobProgress(const Job& job); ///< 0..1; -1 while unknown or not running
/// The button at the top: "1 job · pulling postgres:16 62 %", "Start web failed", "Jobs".
QString jobsSummary(const JobQueue& queue);

} // namespace twinhull
