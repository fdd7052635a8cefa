// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"

#include <string>

namespace twinhull::runtime {

/// Writes one control file; the error names it.
Result<> writeControl(const std::string& path, const std::string& value);
/// What a group may have at most of a set (cpuset.cpus, cpuset.mems) without one of its own, as the kernel writes it;
/// empty where that cannot be read.
std::string availableAbove(const std::string& folder, const std::string& file);
/// Takes a set away. A write of no bytes never reaches the kernel, a blank line empties the file. Where processes are
/// in the group the kernel refuses that (ENOSPC): then it is given availableAbove(), which is the same to them.
Result<> emptyControl(const std::string& folder, const std::string& file);

/// memory.low, cpu.max, cpu.max.burst, cpu.weight, cpu.idle, cpuset.cpus, cpuset.mems,
/// pids.max, io.weight, io.max, hugetlb.SIZE.max, hugetlb.SIZE.rsvd.max, rdma.max of `folder` (cgroup-v2.rst), as far
/// as `resources` asks for them; then the files of `unified`, as they are given. Last memory.max and memory.swap.max,
/// once nothing else can refuse: the processes that they end do not come back.
Result<> setLimits(const std::string& folder, const oci::Resources& resources);

/// The same without those last two.
Result<> setLimitsButMemory(const std::string& folder, const oci::Resources& resources);

/// io.weight (1..10000) of the specification's weight (10..1000), by the same mapping.
std::uint64_t ioWeightOf(std::uint32_t weight);

/// cpu.weight (1..10000) of the specification's shares (2..262144), by the mapping of crun and runc.
std::uint64_t weightOfShares(std::uint64_t shares);

} // namespace twinhull::runtime
