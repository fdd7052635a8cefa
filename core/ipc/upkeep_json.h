// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/upkeep.h"

#include <nlohmann/json.hpp>

namespace twinhull {

/// The member "upkeep" of settings.json. Internal to core/ipc.
nlohmann::json upkeepJson(const Upkeep& upkeep);
/// May throw nlohmann's exceptions, as the caller's other reads do.
Result<Upkeep> upkeepFrom(const nlohmann::json& json);

} // namespace twinhull
