// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/checkpoint_record.h"

#include <nlohmann/json.hpp>

namespace twinhull {

/// The same object in record.json and in a request. Internal to core/ipc.
nlohmann::json checkpointChoiceJson(const CheckpointChoice& choice);
/// May throw nlohmann's exceptions, as the caller's other reads do.
CheckpointChoice checkpointChoiceFrom(const nlohmann::json& json);

} // namespace twinhull
