// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "core/ipc/container_settings.h"
#include "core/workload/workload_plan.h"

namespace twinhull {

/// The plan as settings for a container of that image, or one error that says what is wrong with it. Reads the host
/// (memory, folders to mount), changes nothing. The id and the time are left to the caller.
Result<ContainerSettings> settingsFromPlan(const WorkloadPlan& plan, const ImageInfo& image);

/// A letter or digit, then letters, digits, "_", "-" and "."; at most 63, so that it can be a host name.
Result<> checkWorkloadName(const QString& name);

/// What is too little to work with, or more than this computer has.
Result<> checkLimits(const ResourceLimits& limits);

/// Of this computer, in bytes; nothing where /proc/meminfo cannot be read.
std::optional<std::uint64_t> hostMemoryBytes();

} // namespace twinhull
