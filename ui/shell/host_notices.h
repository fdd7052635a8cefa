// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"

namespace twinhull {

/// What does not work here, then what works less well than it could, of all providers.
std::vector<HostNotice> hostNotices(const WorkloadRegistry& registry);

} // namespace twinhull
