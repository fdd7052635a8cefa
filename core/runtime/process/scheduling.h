// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/process_spec.h"
#include "core/base/result.h"

#include <string>

namespace twinhull::runtime {

/// Scheduler and I/O priority of this process, where they are asked for. To be called while it has hull's rights.
Result<> applyPriorities(const oci::Process& process);

/// sched_setaffinity(2) from a list as in cpuset(7); an empty one changes nothing.
Result<> applyAffinity(const std::string& processors);

} // namespace twinhull::runtime
