// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/oci/container_record.h"

#include <sys/types.h>

#include <vector>

namespace twinhull::runtime {

/// Every process of the container as the host sees it, sorted: those of its cgroup, or where it has none those of its
/// own pid namespace. Unsupported where neither tells them from others.
Result<std::vector<pid_t>> processesOf(const oci::ContainerRecord& record);

/// Sends `signal` to each of them, held still meanwhile where there is a cgroup, so that none slips away by forking.
Result<> signalAll(const oci::ContainerRecord& record, int signal);

} // namespace twinhull::runtime
