// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_settings.h"
#include "core/oci/runtime_spec.h"
#include "core/workload/workload_changes.h"

#include <string>

namespace twinhull {

/// What a change makes of a container's limits, and what is said of it to hull. Nothing here changes anything.

/// Whether it is one of limits.
bool hasLimits(const WorkloadChange& wanted);

/// The settings as they will be; checked as those of a new container are, as far as they are changed. A new limit of
/// memory keeps the swap that the container may use beyond it, unless that is said too.
Result<ContainerSettings> changedSettings(
    const ContainerSettings& before, const WorkloadChange& wanted, const std::string& controllers);

/// For what `wanted` names, from what `before` says to what `after` says: the resources of an update, in which -1 takes
/// a limit away. What neither of them has is left out, because its controller may not be there.
Result<oci::Resources> resourceChange(
    const WorkloadChange& wanted, const ContainerSettings& before, const ContainerSettings& after);

} // namespace twinhull
