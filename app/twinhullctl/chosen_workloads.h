// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/program.h"

namespace twinhull {

/// The workloads that a verb is about, as they were named; `kind` is "container", "vm" or empty. Where one cannot be
/// found, or the names mean nothing, the program fails and nothing is returned.
std::optional<std::vector<WorkloadInfo>> chosenWorkloads(
    Program& program, const std::vector<std::string>& names, const std::string& kind);

/// Ends a verb that changed these: as JSON, what they are now.
void finishChange(Program& program, const std::vector<WorkloadInfo>& before);

} // namespace twinhull
