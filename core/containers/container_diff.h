// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"
#include "core/images/layer_changes.h"
#include "core/jobs/job.h"

#include <memory>
#include <vector>

namespace twinhull {

/// The unpacked layers that its config.json names, highest first.
Result<std::vector<std::string>> layersOf(const ContainerFolder& folder);

/// What a container changed of its image, by path. What is only there for something to be mounted on is left out.
std::unique_ptr<Job> containerDiffJob(
    const QString& name, const ContainerFolder& folder, const std::shared_ptr<std::vector<LayerChange>>& changes);

} // namespace twinhull
