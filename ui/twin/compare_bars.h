// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/twin/compared_workload.h"
#include "ui/twin/stacked_bars.h"

#include <span>

namespace twinhull {

/// From the request to the first instruction, one row a workload, one part a phase; in milliseconds.
std::vector<BarRow> startupBars(std::span<const ComparedWorkload> workloads);
/// The same for the runs of a comparison that are nearest to the medians.
std::vector<BarRow> startupBars(const Comparison& comparison);

/// Where the host's memory is, as far as it is known: what the guest says it uses and caches (labelled so) and the
/// rest of the host's cost, or the host's cost as one part; in bytes.
std::vector<BarRow> memoryBars(std::span<const ComparedWorkload> workloads);

} // namespace twinhull
