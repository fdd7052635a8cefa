// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_settings.h"

#include <nlohmann/json_fwd.hpp>

namespace twinhull {

/// Adds the objects "process", "naming", "files", "security", "fineLimits" and "labels" of settings.json, each where it
/// says something.
void putContainerOptions(nlohmann::json& json, const ContainerSettings& settings);

/// Reads what of them is there. Throws nlohmann::json::exception for a value of another kind.
void readContainerOptions(const nlohmann::json& json, ContainerSettings& settings);

} // namespace twinhull
