// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/isolation_facts.h"
#include "ui/twin/figure_table.h"

namespace twinhull {

/// What keeps each workload apart, from the kernel's own words; one column a workload that runs. Reads small files of
/// /proc: call it when workloads change, not every tick.
FigureTable isolationTable(std::span<const ComparedWorkload> workloads);

} // namespace twinhull
