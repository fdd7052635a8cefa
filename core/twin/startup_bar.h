// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"

namespace twinhull {

/// A stretch of a start-up bar: from one mark to the next, named after the mark that ends it.
struct StartupSegment {
    QString name;
    double startMilliseconds = 0; ///< since the request; below 0 for what came before it
    double milliseconds = 0;
};

/// What a workload's latest start tells, and its definition: nothing else of a run.
RunFigures startupOf(const WorkloadInfo& info);

/// Segments of the marks from the request to "ready", in order; marks that go back in time are left out. Before them
/// "define" of a VM, which ends with the request: it happens once, when the VM is made. Empty where nothing is known.
std::vector<StartupSegment> startupSegments(const RunFigures& run);

/// What went on until that mark, in a word: "firmware", "kernel"; "other" for marks that nobody knows. Starts that were
/// kept by an earlier version, and those of others' libvirt, do not tell where QEMU's own part ends.
QString phaseName(const QString& markName, const RunFigures& run);

/// The run whose start-up is nearest to the median; null when none has one.
const RunFigures* medianStartup(const HullFigures& half);

} // namespace twinhull
