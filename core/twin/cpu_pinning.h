// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/workload_info.h"

namespace twinhull {

/// Processors by name: a list as in cpuset(7), "0-1,3", or "auto" for suggestedCpus(). Rising. InvalidArgument for what
/// is no such list, and for a processor that this process may not use itself.
Result<std::vector<unsigned>> pinnedCpusFrom(const QString& text);

/// The upper half of the processors that this process may use, so that the lower ones are left to those who measure;
/// of one processor that one.
std::vector<unsigned> suggestedCpus();

/// Whether every thread of the workload's processes and helpers may use these processors and no other; else an error
/// that names the program. What a container's own program starts and moves away by itself is not looked for.
Result<> checkPinned(const HostFootprint& footprint, const std::vector<unsigned>& cpus);

} // namespace twinhull
