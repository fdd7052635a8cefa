// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/workload_info.h"

#include <vector>

namespace twinhull {

/// A container of a project that is no half of a twin: its application is its row in a list, and no group takes it out.
bool isOfApplication(const WorkloadInfo& info);

/// Whom a person means who puts these into a group: they, and the other halves of their twins. InvalidArgument where
/// one is of an application.
Result<std::vector<WorkloadId>> groupMembers(
    const std::vector<WorkloadInfo>& all, const std::vector<WorkloadInfo>& chosen);

} // namespace twinhull
