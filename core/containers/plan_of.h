// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_info.h"
#include "core/ipc/container_settings.h"
#include "core/workload/workload_plan.h"

namespace twinhull {

/// The plan of which settingsFromPlan() makes a container like this one, of the image that its reference means now
/// (`image`, where there is one: what is the image's own is left to it). Without the name, the twin's group and the
/// labels by which Compose knows its containers: the new one is not them.
WorkloadPlan planOf(const ContainerSettings& settings, const ImageInfo* image);

} // namespace twinhull
