// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace twinhull {

/// Memory that this computer can still give without taking it from others (MemAvailable, proc(5)); nothing where that
/// is not told. Reads one small file of the kernel's.
std::optional<std::uint64_t> availableMemoryBytes();

/// What stands against starting these now: a sentence where the VMs of this computer among them would take more memory
/// than is available, which would push others out or end one. Empty where nothing does, or where that is not known.
/// A container takes what it uses, so its limit says nothing.
QString startWarning(const std::vector<WorkloadInfo>& workloads, std::optional<std::uint64_t> availableBytes);

} // namespace twinhull
