// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

#include <utility>
#include <vector>

namespace twinhull {

/// Every field of a workload as a name and a text; fields without a value say so.
std::vector<std::pair<QString, QString>> inspectRows(const WorkloadInfo& info);

} // namespace twinhull
