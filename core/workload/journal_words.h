// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/event_journal.h"
#include "core/jobs/job.h"
#include "core/workload/workload_event.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// What the journal of events tells of a container, as it is marked on the time axis; nothing for what is not, and for
/// what is no container's.
std::optional<WorkloadEvent> workloadEventOf(const JournalEvent& event, std::int64_t wallMillisecondsAtZero);

/// Reads the journal in `folder` on a worker thread, the latest marks of each container into `into`, oldest first.
std::unique_ptr<Job> readJournalJob(
    const std::string& folder, std::int64_t wallMillisecondsAtZero, std::shared_ptr<std::vector<WorkloadEvent>> into);

/// podman's word for what was marked, where it has one: "start", "died" …; of a VM that has ended "stop".
QString journalWordOf(WorkloadEventKind kind, WorkloadKind of);

} // namespace twinhull
