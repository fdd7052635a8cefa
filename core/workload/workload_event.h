// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_id.h"

#include <QStringView>

#include <cstdint>
#include <optional>

namespace twinhull {

/// What happens to a workload and is shown on the time axis.
enum class WorkloadEventKind {
    Started, ///< its entrypoint began
    Resumed,
    Paused,
    Stopped,
    Failed,
    OutOfMemory, ///< the kernel ended it for want of memory
    LimitsChanged,
    Throttled, ///< its CPU limit begins to hold it back
    ProcessOutOfMemory, ///< the kernel ended one of its processes for want of memory, and it goes on
    Snapshot, ///< was taken, by whatever program
    FiguresLost, ///< from here on figures were read and could not be written down
    MadeAgainAsQ35, ///< a VM that did not start as a microvm
};

struct WorkloadEvent {
    WorkloadId id;
    std::int64_t monotonicNanoseconds = 0; ///< below 0 before this boot
    WorkloadEventKind kind = WorkloadEventKind::Started;

    friend bool operator==(const WorkloadEvent&, const WorkloadEvent&) = default;
};

/// Stable words for files: "started", "out_of_memory" …
const char* nameOf(WorkloadEventKind kind);
/// Nothing for what a newer program wrote.
std::optional<WorkloadEventKind> eventKindFrom(QStringView name);

} // namespace twinhull

Q_DECLARE_METATYPE(twinhull::WorkloadEvent)
