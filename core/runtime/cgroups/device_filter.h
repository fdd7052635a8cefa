// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/oci/runtime_spec.h"

#include <string>

namespace twinhull::runtime {

/// Has the kernel ask the rules whenever a process of the cgroup v2 folder opens or makes a device node; nothing is
/// done where no rule denies anything. PermissionDenied for ordinary users, Unsupported where the kernel lacks
/// CGROUP_BPF. It goes with the folder.
Result<> filterDevices(const std::string& folder, const std::vector<oci::DeviceRule>& rules);

} // namespace twinhull::runtime
