// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/exit_record.h"

#include <nlohmann/json.hpp>

namespace twinhull {

/// The same object in exit.json and inside a status. Internal to core/ipc.
nlohmann::json exitRecordJson(const ExitRecord& record);
Result<ExitRecord> exitRecordFrom(const nlohmann::json& json);

} // namespace twinhull
