// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/twin/compared_workload.h"
#include "ui/twin/stacked_bars.h"

#include <span>

namespace twinhull {

/// From the request to the first instruction, one row a workload, one part a phase; in milliseconds. What
/// libvirt took to define a VM leads its bar.
std::vector<BarRow> startupBars(std::span<const ComparedWorkload> workloads);
/// Of one workload, under that label.
BarRow startupBar(const QString& label, const WorkloadInfo& info);
/// The same for the runs of a comparison that are nearest to the medians.
std::vector<BarRow> startupBars(const Comparison& comparison);

/// Where the host's memory is, as far as it is known, in bytes. Of a VM the machine's memory (as the guest says that it
/// uses it, labelled so), QEMU's own and helpers; of a container anonymous memory, files, the kernel's and helpers. At
/// the end stands the proportional set size: file cache and kernel memory of a container come on top of that.
std::vector<BarRow> memoryBars(std::span<const ComparedWorkload> workloads);

} // namespace twinhull
